/** Result of a pass. */
export interface KeptPass {
  /** Tasks looked at, memories prepared and vectors made. */
  done: number;
  isMore: boolean;
}
