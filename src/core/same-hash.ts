/**
 * Whether two hashes of secrets are the same, in a time that does not depend on where they differ. In plain code, because the
 * runtime's own `timingSafeEqual` is missing in Node, where commands run the same intake.
 */
export function isSameHash(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
