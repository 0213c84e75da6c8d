import type { Addressee } from '../views.ts'
import type { DocumentLanguage } from '../words.ts'

// What the papers of the civil registry show. Ready values only, as in views.ts; days may be known in part.

export type RecordKind = 'birth' | 'marriage' | 'death' | 'recognition'
export type RecordForm = 'full-copy' | 'with-parentage' | 'without-parentage' | 'multilingual'

/** A name as the act writes it. An empty text is a name the act does not give. */
export type ActName = { firstNames: string; lastName: string }

/** The day of an event as far as it is known: `1931`, `1931-05` or `1931-05-12`. */
export type PartialDay = string

/** Where a letter goes: the country (ISO 3166-1 alpha-2) is printed only when it is not France. */
export type PostalAddressee = {
  name: string
  lines: readonly string[]
  postcode: string
  city: string
  country: string
}

/** Who answers in the town hall, as the law wants it named (code des relations entre le public et l'administration). */
export type RegistryService = {
  /** « Service de l’état civil » */
  name: string
  addressLines: readonly string[]
  email: string
  phone: string
}

/** What was asked. */
export type AskedRecord = {
  kind: RecordKind
  form: RecordForm
  copies: number
  /** The person of the act, or both spouses. */
  names: readonly ActName[]
  /** When it happened; absent when the applicant does not know. */
  date?: PartialDay
}

/** To whom one turns against a refusal: the prosecutor and the court that the town hall depends on. */
export type Appeal = { court: { name: string; addressLines: readonly string[] } }

/** What it means when the town does not answer. */
export type Silence = {
  meaning: 'refusal' | 'acceptance'
  afterMonths: number
  /** The day on which it counts as the answer. */
  on: string
  /** The rule, cited as it is given: « article L231-4 du code des relations entre le public et l’administration ». */
  source?: string
}

export type CivilAcknowledgementView = {
  /** Twelve letters and digits, with or without spaces. */
  number: string
  /** An instant; the day in Paris is the day of receipt. */
  receivedAt: string
  /** Without address when the applicant collects: the window stays empty. */
  to: Addressee | PostalAddressee
  asked: AskedRecord
  delivery: 'post' | 'collection'
  service: RegistryService
  /** The day before which the town means to answer. */
  answerBefore: string
  silence: Silence
  appeal: Appeal
  /** The page where the request is followed, printed as a QR code; `null` when it has none. */
  followPage: string | null
  /** Papers that still must be shown or sent, in words of the letter's language. */
  missing: readonly string[]
}

export type CivilCoverLetterView = {
  number: string
  sentOn: string
  to: PostalAddressee
  /** What is in the envelope. */
  enclosed: readonly AskedRecord[]
  service: RegistryService
}

/** Words with legal effect, and what they say in the applicant's language when that is another one. */
export type Legal = { french: string; translated?: string }

export type CivilRefusalView = {
  number: string
  receivedAt: string
  decidedOn: string
  to: Addressee | PostalAddressee
  asked: AskedRecord
  /** The rules it rests on: « décret n° 2017-890 du 6 mai 2017, article 30 ». At least one. */
  law: readonly Legal[]
  /** What made them apply here: at least one. A decision says its grounds of law and of fact (CRPA, art. L211-5). */
  facts: readonly Legal[]
  /** What can be had instead, and where. */
  instead: readonly Legal[]
  /** Who decides: the name is left to write by hand when it is null. */
  officer: Officer
  appeal: Appeal
  service: RegistryService
}

/** Who signs. */
export type Officer = {
  name: string | null
  /** « L’officier de l’état civil, par délégation du maire » */
  quality: string
}

export type CivilRequestReceiptView = {
  number: string
  receivedAt: string
  /** The resident who asked. */
  applicant: string
  asked: AskedRecord
  delivery: 'post' | 'collection'
  /** Who wrote it down for them: « Mme Petit ». */
  clerk: string
  /** How the resident gave the mandate, as the clerk noted it: « présente au guichet ». */
  mandate: string
  service: RegistryService
  answerBefore: string
  followPage: string | null
  missing: readonly string[]
}

export type Sex = 'M' | 'F'

/** A parent as the act names them. Only names and birth go into extracts. */
export type ActParent = ActName & {
  role: 'father' | 'mother' | 'parent'
  birth?: { date?: PartialDay; place?: string }
  occupation?: string
  domicile?: string
}

export type ActSpouse = ActName & {
  sex?: Sex
  birth: { date?: PartialDay; place?: string }
  occupation?: string
  domicile?: string
  parents: readonly ActParent[]
  /** The name borne after the marriage, where a multilingual extract must say it; the same name unless said. */
  nameAfter?: string
}

type Event = {
  date: PartialDay
  /** The date as the act writes it when it is of another calendar: « le 22 germinal an VIII ». */
  dateAsWritten?: string
  /** `06:30`, where the act says it. */
  time?: string
  /** « Valmont (Nord) », with or without the street. */
  place: string
}

export type BirthAct = Event & {
  kind: 'birth'
  person: ActName
  sex?: Sex
  /** Those the act names: none, one or two. */
  parents: readonly ActParent[]
  /** Who told it, in words: « du père », « de Marie Petit, sage-femme ». */
  declaredBy?: string
}

export type MarriageAct = Event & {
  kind: 'marriage'
  spouses: readonly [ActSpouse, ActSpouse]
  /** What the act says of a marriage contract, in words. */
  contract?: string
  witnesses?: readonly string[]
}

export type DeathAct = Event & {
  kind: 'death'
  person: ActName
  sex?: Sex
  birth: { date?: PartialDay; place?: string }
  occupation?: string
  domicile?: string
  parents: readonly ActParent[]
  /** The last spouse, as the act names them. */
  spouse?: ActName
  declaredBy?: string
}

export type RecognitionAct = Event & {
  kind: 'recognition'
  /** `null` when it was made before the birth. */
  child: (ActName & { sex?: Sex; birth: { date?: PartialDay; place?: string } }) | null
  /** Who recognises: one, or both. */
  parents: readonly ActParent[]
}

export type ActFacts = BirthAct | MarriageAct | DeathAct | RecognitionAct

/** A later event, in the signs of the convention of 8 September 1976 (art. 5). */
export type LaterEvent = {
  sign: 'Mar' | 'Sc' | 'Div' | 'A' | 'D' | 'Dm' | 'Df'
  date: PartialDay
  place: string
  /** Whom they married. */
  spouse?: ActName
}

type Printed = {
  /** The year of the register, the number in it, and its volume where the town has several. */
  register: { year: number; number: string; volume?: string }
  issuedOn: string
  officer: Officer
  /** Given to somebody who may only have it as information: it says so, and is no proof. */
  information: boolean
}

/**
 * An act of civil status on the town's paper. Always in French, whatever the language of the request (but for the
 * headings of a multilingual extract). A full copy has one of: `text`, the whole act as the clerk transcribed it;
 * `scan`, pictures (PNG or JPEG) of its pages in the register; else the facts, in the customary wording.
 */
export type CivilRecordView = Printed &
  (
    | {
        form: 'full-copy'
        act: { kind: RecordKind; names: readonly ActName[] }
        text: readonly string[]
        marginalNotes: readonly string[]
      }
    | { form: 'full-copy'; act: { kind: RecordKind; names: readonly ActName[] }; scan: readonly Uint8Array[] }
    | { form: 'full-copy'; act: ActFacts; marginalNotes: readonly string[] }
    /** Only the notes that an extract may show (décret n° 2017-890, art. 33). */
    | { form: 'with-parentage' | 'without-parentage'; act: ActFacts; marginalNotes: readonly string[] }
    | {
        form: 'multilingual'
        act: BirthAct | MarriageAct | DeathAct
        events: readonly LaterEvent[]
        /** Anything else the act says that must be known abroad. */
        other?: string
      }
  )

/** One request of a batch, its papers in the order they are printed. */
export type BatchRequest = {
  number: string
  /** Who asked, for the list. */
  applicant: string
  delivery: 'post' | 'collection'
  parts: readonly (
    | { kind: 'civil-cover-letter'; language: DocumentLanguage; view: CivilCoverLetterView }
    | { kind: 'civil-record'; view: CivilRecordView; copies: number }
    | { kind: 'civil-refusal'; language: DocumentLanguage; view: CivilRefusalView }
  )[]
}

export type CivilBatchView = {
  printedAt: string
  /** At most `MOST_IN_BATCH`. */
  requests: readonly BatchRequest[]
  /** Each paper begins on a new sheet of a printer that prints both sides. */
  twoSided: boolean
}

/** A batch is drawn in one piece, in memory. */
export const MOST_IN_BATCH = 50
