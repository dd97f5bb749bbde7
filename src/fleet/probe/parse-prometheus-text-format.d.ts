declare module 'parse-prometheus-text-format' {
  /** Families of a page in Prometheus' text format. */
  export default function parse(text: string): unknown[];
}
