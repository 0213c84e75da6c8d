import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import PDFDocument from 'pdfkit'
import encodeQR from 'qr'
import { documentPool } from '../src/documents/pool.ts'
import { renderDocument } from '../src/documents/render.ts'
import type { DocumentRequest, InvoiceView } from '../src/documents/views.ts'
import { cents } from '../src/kernel/money.ts'
import type { TownIdentity } from '../src/town-identity.ts'
import type { Figure } from './figure.ts'

const SECONDS = 3
const FACES = new URL('../src/documents/fonts/', import.meta.url)
const REGULAR = readFileSync(new URL('regular.ttf', FACES))
const BOLD = readFileSync(new URL('bold.ttf', FACES))

const town: TownIdentity = {
  name: 'Ville de Valmont',
  shortName: 'Valmont',
  inseeCode: '59605',
  siret: '21590605900017',
  address: ['Hôtel de ville', '1 place de la République', '59300 Valmont'],
  phone: '03 20 00 00 00',
  email: 'cantine@valmont.example',
  openingHours: 'Mairie ouverte du lundi au vendredi, de 8 h 30 à 17 h 30.',
  regie: 'Régie de recettes de la restauration scolaire',
  colour: '#1d5b79',
  hosting: 'Valmont',
  latePaymentNotice: 'Nous vous envoyons un rappel. Ensuite, le Trésor public vous réclame la somme.',
  court: { name: 'Tribunal judiciaire de Lille', address: ['13 avenue du Peuple-Belge', '59034 Lille Cedex'] },
  civilRegistry: { phone: '03 20 00 00 01', email: 'etat-civil@valmont.example' },
}

/** The n-th family's invoice: sixty lines for two children, on two pages. */
function request(n: number): DocumentRequest {
  const child = (name: string) => {
    const lines = Array.from({ length: 30 }, (_, i) => {
      const amount = cents(210 + ((n * 37 + i * 11) % 300))
      return { label: `Repas du ${i + 1} décembre 2026`, quantity: 1, unitPrice: amount, amount, days: [], reason: '' }
    })
    const subtotal = cents(lines.reduce((total, line) => total + line.amount, 0))
    return {
      name: `${name} Diallo-${n}`,
      school: 'École Jules-Guesde, CE1',
      services: [{ name: 'Cantine', lines }],
      subtotal,
    }
  }
  const children = [child('Inès'), child('Malo')]
  const total = cents(children.reduce((sum, { subtotal }) => sum + subtotal, 0))
  const view: InvoiceView = {
    number: `F-2026-${String(n).padStart(6, '0')}`,
    issuedOn: '2027-01-05',
    month: '2026-12',
    deposit: false,
    dueOn: '2027-01-31',
    payer: { name: `Mme Aïssatou Diallo-${n}`, addressLines: [`${n} rue des Œillets`, '59300 Valmont'] },
    children,
    total,
    creditUsed: cents(0),
    amountDue: total,
    paymentPage: `https://guichet.valmont.example/payer/F-2026-${n}`,
    counterMeans: ['card', 'cash', 'cheque'],
  }
  return { kind: 'invoice', view, town, language: 'fr' }
}

/**
 * The floor: the same two pages by pdfkit's own calls, as its manual shows, with the same cut faces and PDF/A setting.
 * It knows where everything goes beforehand, and tells screen readers nothing of tables, headings or pictures.
 */
function bareInvoice({ view }: Extract<DocumentRequest, { kind: 'invoice' }>): Promise<Buffer> {
  const doc = new PDFDocument({
    size: 'A4',
    subset: 'PDF/A-2a',
    pdfVersion: '1.7',
    tagged: true,
    lang: 'fr-FR',
    displayTitle: true,
    font: '',
    info: { Title: `Facture ${view.number}`, Author: town.name },
  })
  doc.registerFont('regular', REGULAR).registerFont('bold', BOLD)
  const chunks: Buffer[] = []
  doc.on('data', chunk => chunks.push(chunk))
  const say = (text: string, x: number, y: number, size = 10, face = 'regular', colour = '#1a1f27') =>
    doc.font(face).fontSize(size).fillColor(colour).text(text, x, y, { lineBreak: false })
  const right = (text: string, x: number, y: number, size = 9.5, face = 'regular') => {
    doc.font(face).fontSize(size)
    say(text, x - doc.widthOfString(text), y, size, face)
  }
  const euros = (amount: number) => EUROS.format(amount / 100)
  const rule = (y: number) => doc.rect(42, y, 510, 0.4).fill('#c4cad2')

  doc.rect(0, 0, 595, 6).fill(town.colour)
  say(town.name, 42, 30, 16, 'bold', town.colour)
  say(town.regie, 42, 50, 10, 'regular', '#4c5562')
  for (const [i, line] of [...town.address, town.phone, town.email].entries()) right(line, 552, 32 + i * 12, 9)
  say('Facture', 42, 133, 21, 'bold')
  for (const [i, [label, value]] of [
    ['Mois', 'décembre 2026'],
    ['Numéro', view.number],
    ['Date', '5 janvier 2027'],
  ].entries()) {
    say(label ?? '', 42, 165 + i * 15, 10.5, 'regular', '#4c5562')
    say(value ?? '', 90, 165 + i * 15, 10.5, 'bold')
  }
  for (const [i, line] of [view.payer.name, ...view.payer.addressLines].entries()) say(line, 289, 156 + i * 14, 11)
  doc.rect(42, 258, 510, 90).fill('#eff4f7').rect(42, 258, 5, 90).fill(town.colour)
  say('À payer', 62, 267, 10.5)
  say(euros(view.amountDue), 62, 279, 28, 'bold')
  say('au plus tard le', 190, 267, 10.5)
  say('dimanche 31 janvier 2027', 190, 286, 15, 'bold')
  say('Pour payer en ligne : scannez ce code avec votre téléphone.', 62, 318, 10.5)
  const modules = encodeQR(view.paymentPage ?? '', 'raw', { ecc: 'medium', border: 1 })
  const side = 78 / modules.length
  for (const [row, cells] of modules.entries())
    for (const [column, dark] of cells.entries()) if (dark) doc.rect(468 + column * side, 264 + row * side, side, side)
  doc.fill('#1a1f27')

  let y = 360
  const head = () => {
    say('Prestation', 42, y, 9.5, 'bold', '#4c5562')
    for (const [i, title] of ['Nombre', 'Prix', 'Montant'].entries()) right(title, 388 + i * 82, y, 9.5, 'bold')
    rule(y + 16)
    y += 20
  }
  head()
  for (const child of view.children) {
    say(`${child.name} · Cantine`, 42, y + 6, 12, 'bold', town.colour)
    right(child.school, 552, y + 8, 9)
    y += 24
    for (const line of child.services.flatMap(service => service.lines)) {
      if (y > 770) {
        doc.addPage()
        y = 66
        head()
      }
      say(line.label, 42, y, 9.5)
      right(String(line.quantity), 388, y)
      right(euros(line.unitPrice), 464, y)
      right(euros(line.amount), 552, y)
      rule(y + 12.5)
      y += 13.66
    }
    say(`Total pour ${child.name}`, 42, y + 3, 10.5, 'bold')
    right(euros(child.subtotal), 552, y + 3, 10.5, 'bold')
    y += 20
  }
  say('À payer', 42, y + 6, 12, 'bold')
  right(euros(view.amountDue), 552, y + 6, 12, 'bold')
  y += 45
  const notes = ['Comment payer', 'Si vous ne payez pas à temps', 'Une question ? Une erreur ?']
  for (const [i, title] of notes.entries()) {
    say(title, 42 + i * 177, y, 10.5, 'bold')
    for (let line = 1; line < 6; line++)
      say('Nous vous envoyons un rappel. Ensuite, le', 42 + i * 177, y + line * 13, 9.6)
  }
  return new Promise(resolve => {
    doc.on('end', () => resolve(Buffer.concat(chunks)))
    doc.end()
  })
}

const EUROS = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' })

/** Our invoice beside bare pdfkit on one thread, by turns so that both meet the same machine; then threads on all cores. */
export async function benchPdf(): Promise<Figure[]> {
  const drawn = { ours: 0, bare: 0, n: 1 }
  const spent = { ours: 0, bare: 0 }
  for (let i = 0; i < 40; i++) await Promise.all([renderDocument(request(i)), bareInvoice(request(i) as never)])
  while (spent.ours + spent.bare < 2 * SECONDS * 1000) {
    spent.ours += await timed(
      () => renderDocument(request(drawn.n++)),
      () => drawn.ours++,
    )
    spent.bare += await timed(
      () => bareInvoice(request(drawn.n++) as never),
      () => drawn.bare++,
    )
  }
  const ours = (drawn.ours / spent.ours) * 1000
  const bare = (drawn.bare / spent.bare) * 1000

  const threads = availableParallelism()
  const pool = documentPool({ threads })
  await Promise.all(Array.from({ length: threads * 20 }, (_, i) => pool.render(request(i)))) // threads started and warm
  const jobs = Math.round(ours * threads * SECONDS)
  const start = performance.now()
  await Promise.all(Array.from({ length: jobs }, (_, i) => pool.render(request(i))))
  const pooled = (jobs / (performance.now() - start)) * 1000
  await pool.close()

  return [
    { name: 'invoice PDF, one thread', value: ours, floor: bare, ratio: ours / bare, unit: 'PDF/s' },
    {
      name: `invoice PDF, ${threads} threads`,
      value: pooled,
      floor: bare * threads,
      ratio: pooled / (bare * threads),
      unit: 'PDF/s',
    },
  ]
}

async function timed(draw: () => Promise<unknown>, count: () => void): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < 20; i++) {
    await draw()
    count()
  }
  return performance.now() - start
}
