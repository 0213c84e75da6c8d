import encodeQR from 'qr'

/** A QR code as the outline of an SVG picture, with its side in modules: a template draws it without markup from elsewhere. */
export function qrPath(text: string): { side: number; d: string } {
  const modules = encodeQR(text, 'raw', { ecc: 'medium', border: 2 })
  const squares = modules.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { side: modules.length, d: squares.join('') }
}
