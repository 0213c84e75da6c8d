import { PARIS } from '../../kernel/clock.ts'
import type { TownIdentity } from '../../town-identity.ts'
import { finish } from '../letter.ts'
import { openSheet, type Sheet } from '../sheet.ts'
import type { Words } from '../words.ts'

/** A paper of the civil registry: a file of its own, or one of many printed together. */
export type Paper = {
  words: Words
  title: string
  subject: string
  /** When it was made: the same paper is always the same bytes. */
  createdAt: Temporal.Instant
  /** At the foot of each page. */
  foot: string
  /** Draws it on the sheet's page, which is empty, and on those it adds. */
  draw(sheet: Sheet): void
}

/** The paper as a file. */
export function fileOf(paper: Paper, town: TownIdentity): Promise<Uint8Array<ArrayBuffer>> {
  const { words, title, subject, createdAt, foot } = paper
  const sheet = openSheet({ words, title, subject, author: town.name, createdAt })
  paper.draw(sheet)
  return finish(sheet, town, foot)
}

/** The midnight in UTC on which a day begins. */
export const startOf = (day: string): Temporal.Instant =>
  Temporal.PlainDate.from(day).toZonedDateTime('UTC').toInstant()

/** The day in Paris on which something was received. */
export const receiptDay = (instant: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(PARIS).toPlainDate().toString()
