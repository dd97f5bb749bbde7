/** One waiting event by reference: where its line stands in the journal, and since when it waits (epoch milliseconds). */
export interface QueuedEvent {
  position: number;
  length: number;
  since: number;
}

/** The place of an event in a queue; valid until the event is taken. */
export interface QueueSlot {
  chunk: Chunk;
  index: number;
}

interface Chunk {
  position: Float64Array;
  since: Float64Array;
  length: Uint32Array;
  next: Chunk | undefined;
}

const chunkEvents = 4096;

/**
 * A first-in first-out queue of event references in linked blocks of typed arrays: 20 bytes an event, no garbage an event,
 * and no pause for copying however long it grows.
 */
export class EventQueue {
  size = 0;
  #head: Chunk = newChunk();
  #headIndex = 0;
  #tail: Chunk = this.#head;
  #tailIndex = 0;
  #spare: Chunk | undefined;

  push(position: number, length: number, since: number): void {
    if (this.#tailIndex === chunkEvents) this.#grow();
    this.#tail.position[this.#tailIndex] = position;
    this.#tail.length[this.#tailIndex] = length;
    this.#tail.since[this.#tailIndex] = since;
    this.#tailIndex += 1;
    this.size += 1;
  }

  /** The place of the event that was pushed last. */
  lastSlot(): QueueSlot {
    return { chunk: this.#tail, index: this.#tailIndex - 1 };
  }

  /** Time since which the first event waits; undefined for an empty queue. */
  headSince(): number | undefined {
    return this.size === 0 ? undefined : this.#head.since[this.#headIndex];
  }

  /** The journal position of the first event; undefined for an empty queue. */
  headPosition(): number | undefined {
    return this.size === 0 ? undefined : this.#head.position[this.#headIndex];
  }

  /** Takes the first event out, undefined for an empty queue. */
  shift(): QueuedEvent | undefined {
    if (this.size === 0) return undefined;
    const index = this.#headIndex;
    const chunk = this.#head;
    const event = {
      position: chunk.position[index] as number,
      length: chunk.length[index] as number,
      since: chunk.since[index] as number,
    };
    this.#headIndex += 1;
    this.size -= 1;
    if (this.#headIndex === chunkEvents && chunk.next !== undefined) {
      this.#head = chunk.next;
      this.#headIndex = 0;
      chunk.next = undefined;
      this.#spare = chunk;
    }
    return event;
  }

  /** Puts another line in the place of a waiting one, which keeps its turn, and returns the line that was there. */
  replace(slot: QueueSlot, position: number, length: number): { position: number; length: number } {
    const old = {
      position: slot.chunk.position[slot.index] as number,
      length: slot.chunk.length[slot.index] as number,
    };
    slot.chunk.position[slot.index] = position;
    slot.chunk.length[slot.index] = length;
    return old;
  }

  #grow(): void {
    const next = this.#spare ?? newChunk();
    this.#spare = undefined;
    this.#tail.next = next;
    this.#tail = next;
    this.#tailIndex = 0;
    if (this.size === 0) {
      this.#head = next;
      this.#headIndex = 0;
    }
  }
}

function newChunk(): Chunk {
  return {
    position: new Float64Array(chunkEvents),
    since: new Float64Array(chunkEvents),
    length: new Uint32Array(chunkEvents),
    next: undefined,
  };
}
