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
  let low = lowStart;
  let high = highStart;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    low = Math.imul(low ^ byte, prime);
    high = Math.imul(high ^ (byte ^ 0xff), prime) ^ (high >>> 15);
  }
  return { low, high };
}

/** The same as of the text's UTF-8 bytes. */
export function hashText(text: string): IdHash {
  let low = lowStart;
  let high = highStart;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 127) {
      const bytes = Buffer.from(text, 'utf8');
      return hashBytes(bytes, 0, bytes.length);
    }
    low = Math.imul(low ^ code, prime);
    high = Math.imul(high ^ (code ^ 0xff), prime) ^ (high >>> 15);
  }
  return { low, high };
}

const lowStart = 0x811c9dc5;
const highStart = 0xcbf29ce4;
const prime = 0x01000193;

/** Of one place: the two hashes, then the number + 1; 0 there is an empty place. Side by side, because memory comes in lines. */
const stride = 3;

/** @param expected how many ids there will be, roughly: a table that need not grow is faster. */
export function createIdTable(expected = 0): IdTable {
  let capacity = 1 << 10;
  while (capacity < expected * 2 && capacity < 1 << 24) capacity *= 2;
  let places = new Int32Array(capacity * stride);
  let size = 0;

  function placeOf(low: number, high: number): number {
    let place = (low ^ Math.imul(high, 0x9e3779b1)) & (capacity - 1);
    for (;;) {
      const at = place * stride;
      if (places[at + 2] === 0 || (places[at] === low && places[at + 1] === high)) return at;
      place = (place + 1) & (capacity - 1);
    }
  }

  function put(at: number, low: number, high: number, number: number): void {
    places[at] = low;
    places[at + 1] = high;
    places[at + 2] = number;
  }

  function grow(): void {
    const old = places;
    capacity *= 2;
    places = new Int32Array(capacity * stride);
    for (let at = 0; at < old.length; at += stride) {
      const [low, high, number] = [old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0];
      if (number !== 0) put(placeOf(low, high), low, high, number);
    }
  }

  return {
    size: () => size,
    numberOf(hash) {
      const low = hash.low | 0;
      const high = hash.high | 0;
      const at = placeOf(low, high);
      const known = places[at + 2] ?? 0;
      if (known !== 0) return known - 1;
      put(at, low, high, ++size);
      if (size * 2 > capacity) grow();
      return size - 1;
    },
  };
}
