// The container of TrueType fonts: a directory of tables, each with its checksum (OpenType 1.9, « Organization of an
// OpenType font »).

const TRUETYPE = 0x00010000

/** The tables of a font file by their tags. */
export function tablesOf(font: Buffer): Map<string, Buffer> {
  const tables = new Map<string, Buffer>()
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const entry = 12 + 16 * i
    const offset = font.readUInt32BE(entry + 8)
    const length = font.readUInt32BE(entry + 12)
    tables.set(font.toString('latin1', entry, entry + 4), font.subarray(offset, offset + length))
  }
  return tables
}

/** The TrueType font file of these tables. */
export function fontOf(tables: ReadonlyMap<string, Buffer>): Buffer {
  const sorted = [...tables].sort(([a], [b]) => (a < b ? -1 : 1))
  const directory = Buffer.alloc(12 + 16 * sorted.length)
  const power = 2 ** Math.floor(Math.log2(sorted.length))
  directory.writeUInt32BE(TRUETYPE, 0)
  for (const [i, number] of [sorted.length, power * 16, Math.log2(power), (sorted.length - power) * 16].entries())
    directory.writeUInt16BE(number, 4 + 2 * i)
  const bodies: Buffer[] = []
  let offset = directory.length
  for (const [i, [tag, table]] of sorted.entries()) {
    const body = Buffer.alloc(Math.ceil(table.length / 4) * 4)
    table.copy(body)
    if (tag === 'head') body.writeUInt32BE(0, 8)
    directory.write(tag, 12 + 16 * i, 'latin1')
    for (const [at, number] of [checksum(body), offset, table.length].entries())
      directory.writeUInt32BE(number, 12 + 16 * i + 4 + 4 * at)
    bodies.push(body)
    offset += body.length
  }
  const font = Buffer.concat([directory, ...bodies])
  const head = sorted.findIndex(([tag]) => tag === 'head')
  font.writeUInt32BE((0xb1b0afba - checksum(font)) >>> 0, directory.readUInt32BE(12 + 16 * head + 8) + 8)
  return font
}

function checksum(bytes: Buffer): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 4) sum = (sum + bytes.readUInt32BE(i)) >>> 0
  return sum
}
