import table from "./tables/colos.txt";

/** Light in fibre covers some 200 km in a millisecond; cables take detours, so a round trip costs about 1.5 ms per 100 km. */
const MS_PER_KM = 0.015;
/** Last mile, Wi-Fi and queues: what a nearby client needs at the least, ms. */
const NEARBY_MS = 30;
const EARTH_KM = 6_371;
const RADIANS = Math.PI / 180;

/** Where the edge's data centres are, by the airport code they are named after; whole degrees. */
let colos: Map<string, readonly [number, number]> | undefined;

function read(): Map<string, readonly [number, number]> {
  const lines = table.matchAll(/^([A-Z]{3})(-?\d+),(-?\d+)$/gm);
  return new Map([...lines].map(([, code = "", latitude, longitude]) => [code, [Number(latitude), Number(longitude)]]));
}

/** Great-circle distance, km. */
function distance([lat1, lon1]: readonly [number, number], [lat2, lon2]: readonly [number, number]): number {
  const [a, b] = [lat1 * RADIANS, lat2 * RADIANS];
  const h = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(((lon2 - lon1) * RADIANS) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * The part of a round trip (ms) that the distance between the data centre and the address's place does not explain, such as a
 * tunnel's other half. Null if one of them is not known.
 */
export function excessRoundTrip(
  rtt: number | null,
  colo: string | null,
  latitude: number | null,
  longitude: number | null,
): number | null {
  if (rtt === null || colo === null || latitude === null || longitude === null) return null;
  colos ??= read();
  const place = colos.get(colo);
  if (!place) return null;
  return Math.max(0, Math.round(rtt - NEARBY_MS - distance(place, [latitude, longitude]) * MS_PER_KM));
}
