const determiners = new Set(
  (
    'the a an my our this that its new old present neue neuer neues neuen neuem nouveau nouvel nouvelle nuevo nueva current now currently der die das den dem ein eine mein meine meinen unser unsere le la les un une mon ma mes ' +
    'notre nos el los las una mi mis nuestro nuestra 我的 我们的'
  ).split(' '),
);

/** The words of a thing, in any order. Who owns it belongs to it, unless it is the owner. */
export function subjectKey(subject: string): string {
  const words = wordsOf(subject).filter((word) => !determiners.has(word));
  return [...new Set(words)].sort().join(' ').slice(0, 80);
}

/** The words of a value that carry something. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .normalize('NFKC')
      .match(/[\p{L}\p{M}\p{N}]+(?:[.:,'’-][\p{L}\p{N}]+)*/gu) ?? []
  )
    .map((word) => word.replace(/['’]s$/, ''))
    .filter((word) => !empty.has(word));
}

/** Words of a value that carry nothing. */
const empty = new Set(
  'the a an is are at in on with by now to of and der die das dem den im am bei mit le la les chez dans el los en con'.split(
    ' ',
  ),
);
