/** Facts about what must reach somebody. */
export type OutboxFacts = {
  /** The owner was told something; it stands in the store until they have seen it, and leaves by the channels. */
  'owner.told': { origin: string; text: string; taskId: number | null };
  /** A delivery may be due earlier than was known. */
  'delivery.waiting': Record<string, never>;
};
