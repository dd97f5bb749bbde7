/** What observers hear of lists, whatever they hold. */
export type ListFacts = {
  /** The operation of this name, such as `wishes.list`, answers other rows than before. */
  'list.changed': { list: string };
};
