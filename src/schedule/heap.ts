/**
 * A binary heap: the least item is at hand, adding and taking cost log n comparisons.
 * `comparisons` counts them, so that the cost can be shown without a clock.
 */
export class Heap<Item> {
  comparisons = 0;
  readonly #items: Item[] = [];
  readonly #rank: (item: Item) => number;

  constructor(rank: (item: Item) => number) {
    this.#rank = rank;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let place = items.push(item) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#isLess(place, above)) return;
      this.#swap(place, above);
      place = above;
    }
  }

  pop(): Item | undefined {
    const items = this.#items;
    const least = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return least;
    items[0] = last;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= items.length) return least;
      const lesser = left + 1 < items.length && this.#isLess(left + 1, left) ? left + 1 : left;
      if (!this.#isLess(lesser, place)) return least;
      this.#swap(place, lesser);
      place = lesser;
    }
  }

  clear(): void {
    this.#items.length = 0;
  }

  #isLess(a: number, b: number): boolean {
    this.comparisons += 1;
    return this.#rank(this.#items[a] as Item) < this.#rank(this.#items[b] as Item);
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    [items[a], items[b]] = [items[b] as Item, items[a] as Item];
  }
}
