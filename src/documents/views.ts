import type { Cents } from '../kernel/money.ts'
import type { TownIdentity } from '../town-identity.ts'
import type {
  CivilAcknowledgementView,
  CivilBatchView,
  CivilCoverLetterView,
  CivilRecordView,
  CivilRefusalView,
  CivilRequestReceiptView,
} from './civil/views.ts'
import type { DocumentLanguage } from './words.ts'

// What the documents show. Ready values only, that can be sent to a thread: days as ISO text (`2026-12-07`), months as
// `2026-12`, instants as ISO text in UTC, amounts in cents. Whoever asks has priced, counted and checked who may see.

/** Whom a letter is for, as on the envelope. */
export type Addressee = { name: string; addressLines: readonly string[] }

export type InvoiceLine = {
  /** « Repas », « Repas non réservé » */
  label: string
  quantity: number
  unitPrice: Cents
  amount: Cents
  /** The days it was for; may be empty. */
  days: readonly string[]
  /** The family quotient applied; `null` when none was confirmed, absent when the price does not depend on it. */
  quotient?: Cents | null
  /** Why this price, in a few words: « tranche 2, habitant ». Empty when the quotient says all. */
  reason: string
}

export type InvoiceView = {
  number: string
  issuedOn: string
  month: string
  /** Asks for deposits at sign-up; otherwise it is the invoice of the month. */
  deposit: boolean
  dueOn: string
  payer: Addressee
  children: readonly {
    name: string
    /** « École Jules-Guesde, CE1 » */
    school: string
    services: readonly { name: string; lines: readonly InvoiceLine[] }[]
    subtotal: Cents
  }[]
  /** All subtotals; negative when credits exceed what was consumed. */
  total: Cents
  /** What the household had in its favour before, used on this invoice: zero or more. */
  creditUsed: Cents
  /** `total` less `creditUsed`. */
  amountDue: Cents
  /** The page where it is paid, printed as a QR code; `null` when there is nothing to pay online. */
  paymentPage: string | null
  /** By what else the régie may cash. */
  counterMeans: readonly ('card' | 'cash' | 'cheque')[]
}

export type CreditNoteView = {
  number: string
  issuedOn: string
  invoice: { number: string; issuedOn: string }
  payer: Addressee
  /** Why, in words the family reads. */
  reason: string
  lines: readonly { label: string; amount: Cents }[]
  /** What is given back: more than zero. */
  total: Cents
  /** What becomes of it: less to pay on that invoice, kept for the next one, or sent back. */
  outcome: 'deducted' | 'kept' | 'refunded'
}

export type ReceiptView = {
  number: string
  paidOn: string
  means: 'card-online' | 'card' | 'cash' | 'cheque'
  payer: Addressee
  invoices: readonly {
    number: string
    month: string
    paid: Cents
    /** What is still to pay on it after this payment. */
    left: Cents
  }[]
  amount: Cents
}

export type AttendanceListView = {
  school: string
  day: string
  /** When the list was drawn. */
  printedAt: string
  classes: readonly {
    name: string
    children: readonly {
      lastName: string
      firstName: string
      mealType: string
      /** Whether the child has a health plan (PAI); absent when the reader may not know. */
      healthPlan?: boolean
    }[]
  }[]
}

export type KitchenCountsView = {
  mealTypes: readonly string[]
  printedAt: string
  days: readonly {
    day: string
    /** When the numbers were fixed for the kitchen; `null` while they are not. */
    countedAt: string | null
    schools: readonly {
      name: string
      /** One per meal type: how many now, and how many when it was counted. */
      meals: readonly { now: number; counted: number | null }[]
      /** Why nobody eats there that day; `null` when they do. */
      closed: string | null
    }[]
  }[]
}

export type MenuPosterView = {
  /** « Écoles maternelles et élémentaires » */
  restaurants: string
  monday: string
  updatedAt: string
  /** Kinds of dishes in the order of the meal: « Entrée », « Plat »… */
  kinds: readonly string[]
  days: readonly {
    day: string
    /** Why there is no meal; `null` when there is one. */
    closed: string | null
    dishes: readonly {
      kind: string
      name: string
      vegetarian: boolean
      /** « Agriculture biologique », « Label rouge » */
      labels: readonly string[]
      /** « lait », « œufs »: of the fourteen of the European Union, in words. */
      allergens: readonly string[]
    }[]
  }[]
}

export type LeisureConfirmationView = {
  /** « Vacances de Noël » */
  period: string
  from: string
  /** Last day of the period. */
  until: string
  printedAt: string
  to: Addressee
  children: readonly {
    name: string
    /** A line for each week or month: the days, « Journée avec repas, de 8 h à 18 h », where. */
    stays: readonly { days: readonly string[]; what: string; centre: string; group: string }[]
    /** What its file lacks, without which the centre may not take it. */
    missing: readonly string[]
  }[]
  centres: readonly {
    name: string
    address: string
    phone: string | null
    email: string | null
    toBring: readonly string[]
  }[]
  /** Until how many days before a day it is cancelled for nothing. */
  cancelDays: number
  /** Where sign-ups are seen and cancelled. */
  page: string
}

export type LeisureRegisterView = {
  centre: string
  day: string
  printedAt: string
  groups: readonly {
    /** « Les petits, de 3 à 5 ans, de 8 h à 18 h » */
    name: string
    children: readonly {
      lastName: string
      firstName: string
      age: number
      /** « journée, avec repas » */
      stay: string
      /** What matters for its care and outings, a few words each; never what a health sheet says. */
      marks: readonly string[]
      /** Whom to call, the first first: « Awa Diallo 06 11 11 11 11 ». */
      phones: readonly string[]
      /** What is noted already: « 8 h 32 », « absent ». Empty to be written by hand. */
      arrival: string
      departure: string
      collectedBy: string
    }[]
  }[]
}

/** A document to draw, for the town, in a language. Nothing but plain values: it may be sent to a thread or stored. */
export type DocumentRequest = { town: TownIdentity; language: DocumentLanguage } & (
  | { kind: 'invoice'; view: InvoiceView }
  | { kind: 'credit-note'; view: CreditNoteView }
  | { kind: 'receipt'; view: ReceiptView }
  | { kind: 'attendance-list'; view: AttendanceListView }
  | { kind: 'kitchen-counts'; view: KitchenCountsView }
  | { kind: 'menu-poster'; view: MenuPosterView }
  | { kind: 'leisure-register'; view: LeisureRegisterView }
  | { kind: 'leisure-confirmation'; view: LeisureConfirmationView }
  | { kind: 'civil-acknowledgement'; view: CivilAcknowledgementView }
  | { kind: 'civil-request-receipt'; view: CivilRequestReceiptView }
  | { kind: 'civil-record'; view: CivilRecordView }
  | { kind: 'civil-cover-letter'; view: CivilCoverLetterView }
  | { kind: 'civil-refusal'; view: CivilRefusalView }
  | { kind: 'civil-batch'; view: CivilBatchView }
)
