/** The one-time link into a dashboard: what stands behind # stays in the browser and reaches no server and no log. */
export function enterLink(url: string, code: string): string {
  return `${url}/enter#${code}`;
}
