/**
 * Two independent 32-bit hashes of a text, by MurmurHash3's mixing over its UTF-16 units. Sketches and names of events store them,
 * so they must never change. They keep nothing secret.
 */
export function hashText(text: string): [number, number] {
  let a = 0x9747b28c;
  let b = 0x3c6ef372;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x85ebca6b);
    b = Math.imul(b ^ unit, 0xc2b2ae35);
    a ^= a >>> 13;
    b ^= b >>> 16;
  }
  return [mix(a ^ text.length), mix(b ^ Math.imul(text.length, 0x27d4eb2f))];
}

function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
