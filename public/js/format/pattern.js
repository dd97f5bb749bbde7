/** Whether a name fits a pattern, in which `*` stands for any characters. @param {string} pattern @param {string} name */
export function fitsPattern(pattern, name) {
  const [head = '', ...others] = pattern.split('*');
  if (others.length === 0) return name === pattern;
  if (!name.startsWith(head)) return false;
  let at = head.length;
  for (const part of others.slice(0, -1)) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  const tail = others.at(-1) ?? '';
  return name.length - at >= tail.length && name.endsWith(tail);
}
