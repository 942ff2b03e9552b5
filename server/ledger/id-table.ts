// Hundreds of thousands of ids as small whole numbers: a hash table of 64-bit hashes in typed arrays, because a Map of as many strings
// takes ten times the memory. Knows no receipt.

/** Two 32-bit hashes of one id. */
export interface IdHash {
  readonly low: number;
  readonly high: number;
}

export interface IdTable {
  /** Number of this id, counted from 0 in the order in which ids were seen. Two ids with one hash (2⁻⁶⁴ each) are one. */
  numberOf(hash: IdHash): number;
  readonly size: () => number;
}

/** FNV-1a (Fowler, Noll, Vo) from two starting points; the second takes each byte's complement. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): IdHash {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ (byte ^ 0xff), 0x01000193) ^ (high >>> 15);
  }
  return { low, high };
}

/** The same as of the text's UTF-8 bytes. */
export function hashText(text: string): IdHash {
  const bytes = Buffer.from(text, 'utf8');
  return hashBytes(bytes, 0, bytes.length);
}

export function createIdTable(): IdTable {
  let capacity = 1 << 10;
  let lows = new Int32Array(capacity);
  let highs = new Int32Array(capacity);
  /** Number + 1; 0 is an empty place. */
  let numbers = new Int32Array(capacity);
  let size = 0;

  function placeOf({ low, high }: IdHash): number {
    let place = (low ^ Math.imul(high, 0x9e3779b1)) & (capacity - 1);
    while (numbers[place] !== 0 && (lows[place] !== (low | 0) || highs[place] !== (high | 0)))
      place = (place + 1) & (capacity - 1);
    return place;
  }

  function put(place: number, low: number, high: number, number: number): void {
    lows[place] = low;
    highs[place] = high;
    numbers[place] = number;
  }

  function grow(): void {
    const [oldLows, oldHighs, oldNumbers] = [lows, highs, numbers];
    capacity *= 2;
    [lows, highs, numbers] = [new Int32Array(capacity), new Int32Array(capacity), new Int32Array(capacity)];
    for (const [index, number] of oldNumbers.entries()) {
      if (number === 0) continue;
      const [low, high] = [oldLows[index] ?? 0, oldHighs[index] ?? 0];
      put(placeOf({ low, high }), low, high, number);
    }
  }

  return {
    size: () => size,
    numberOf(hash) {
      const place = placeOf(hash);
      const known = numbers[place] ?? 0;
      if (known !== 0) return known - 1;
      put(place, hash.low, hash.high, ++size);
      if (size * 2 > capacity) grow();
      return size - 1;
    },
  };
}
