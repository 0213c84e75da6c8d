/** A PDF of one line, as people send them: what the demonstration's clerks have to look at. */
export async function paper(title: string, line: string): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit')
  const document = new PDFDocument({ size: 'A5' })
  const parts: Buffer[] = []
  document.on('data', (part: Buffer) => parts.push(part))
  const ended = new Promise(resolve => document.once('end', resolve))
  document.fontSize(18).text(title).moveDown().fontSize(12).text(line)
  document.end()
  await ended
  return Buffer.concat(parts)
}
