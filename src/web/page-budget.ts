/**
 * What a page may cost its reader: tests hold pages to it, `/ecoconception` tells it. Bytes on the wire, headers included;
 * script and style as compressed. A phone on a slow network (400 kbit/s) gets a first page in under a second.
 */
export const pageBudget = {
  /** First visit to a public page, nothing in the browser's cache. */
  coldBytes: 40_000,
  coldRequests: 6,
  scriptBytes: 5_000,
  styleBytes: 15_000,
  /** Clerks' pages, on a desk with a cable. */
  deskBytes: 120_000,
  deskRequests: 10,
  deskScriptBytes: 20_000,
} as const
