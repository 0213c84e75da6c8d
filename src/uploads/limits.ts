/** The heaviest file that is taken: five megabytes, a photo of any telephone. */
export const MOST_BYTES = 5 * 1024 * 1024

/** The longest PDF that is taken. A proof or an identity document has a few pages. */
export const MOST_PAGES = 30

/** The largest picture that is taken, in pixels, and along one side. Telephones take up to 64 million. */
export const MOST_PIXELS = 70_000_000
export const LONGEST_SIDE = 20_000

/** The largest picture within a PDF, in pixels: a page of A4 in the finest black and white of scanners has 140 million. */
export const MOST_PIXELS_IN_PDF = 150_000_000

/** What may come out of one compressed part of a file, and out of all of them, in bytes. */
export const MOST_UNPACKED = 64 * 1024 * 1024
export const MOST_UNPACKED_IN_ALL = 256 * 1024 * 1024
