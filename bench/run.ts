// `npm run bench`: every figure beside its floor, measured in the same run. `npm run bench -- jobs start` runs only those.
import type { Figure } from './figure.ts'

const benches: Record<string, () => Promise<Figure[]>> = {
  start: async () => (await import('./start.ts')).benchStart(),
  jobs: async () => (await import('./jobs.ts')).benchJobs(),
  pdf: async () => (await import('./pdf.ts')).benchPdf(),
  booking: async () => (await import('./booking.ts')).benchBooking(),
  page: async () => (await import('./calendar-page.ts')).benchCalendarPage(),
  queue: async () => (await import('./queue.ts')).benchQueue(),
  billing: async () => (await import('./billing.ts')).benchBilling(),
}

const wanted = process.argv.slice(2)
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const { name: figure, value, floor, ratio, unit } of await bench()) {
    console.log(
      `${figure.padEnd(60)} ${show(value)} ${unit.padEnd(12)} floor ${show(floor)}   ratio ${ratio.toFixed(2)}`,
    )
  }
}
process.exit(0)

function show(value: number): string {
  return new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 }).format(value).padStart(9)
}
