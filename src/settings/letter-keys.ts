/** What every letter may name without being told: the town's name, phone and opening hours. */
export const townPlaceholders = ['town', 'phone', 'hours'] as const

/** Written by a clerk, maybe in several paragraphs: no place for them in a subject. */
export const longNames: readonly string[] = ['question', 'message', 'document', 'reason', 'appeal']

const applicant = ['firstName', 'lastName'] as const
const request = [...applicant, 'what'] as const

/**
 * The letters whose words an administrator may change, and what each may name. What it `needs` must be in it: without, the
 * letter would not say what it is for. `what` is the record in words: « copie intégrale de l’acte de naissance de … ».
 */
export const letterKinds = {
  'civil.acknowledged': { needs: ['number', 'what', 'deadline'], mayUse: applicant },
  'civil.confirm-email': { needs: [], mayUse: [...request, 'deadline'] },
  'civil.resume': { needs: ['deadline'], mayUse: [] },
  'civil.question': { needs: ['number', 'question', 'deadline'], mayUse: request },
  'civil.message': { needs: ['number', 'message'], mayUse: request },
  'civil.document-asked': { needs: ['number', 'document', 'deadline'], mayUse: request },
  'civil.document-reminder': { needs: ['number', 'document', 'deadline'], mayUse: request },
  'civil.closed-unanswered': { needs: ['number', 'what'], mayUse: applicant },
  'civil.closed-uncollected': { needs: ['number', 'what'], mayUse: applicant },
  'civil.posted': { needs: ['number', 'what'], mayUse: applicant },
  'civil.ready-for-collection': { needs: ['number', 'what', 'deadline'], mayUse: applicant },
  'civil.collection-reminder': { needs: ['number', 'what', 'deadline'], mayUse: applicant },
  'civil.refused': { needs: ['number', 'what', 'reason', 'appeal'], mayUse: applicant },
  'civil.withdrawn': { needs: ['number', 'what'], mayUse: applicant },
  'civil.follow-link': { needs: ['number'], mayUse: request },
} as const satisfies Record<string, Kind>

/** Answers that clerks need often, ready to be put in a question or a refusal. Their subject is the name in the list. */
export const cannedKinds = {
  'civil.canned.unreadable-identity': { needs: [], mayUse: [...request, 'deadline'] },
  'civil.canned.parents-missing': { needs: [], mayUse: [...request, 'deadline'] },
  'civil.canned.not-in-our-registers': { needs: [], mayUse: [...request, 'deadline'] },
  'civil.canned.relationship-not-proved': { needs: [], mayUse: [...request, 'deadline'] },
  'civil.canned.mandate-missing': { needs: [], mayUse: [...request, 'deadline'] },
  'civil.canned.date-unclear': { needs: [], mayUse: [...request, 'deadline'] },
} as const satisfies Record<string, Kind>

export const textKinds = { ...letterKinds, ...cannedKinds }

type Kind = { needs: readonly string[]; mayUse: readonly string[] }
export type LetterKey = keyof typeof letterKinds
export type CannedKey = keyof typeof cannedKinds
export type TextKey = LetterKey | CannedKey

export const textKeys = Object.keys(textKinds) as TextKey[]
export const cannedKeys = Object.keys(cannedKinds) as CannedKey[]
export const isTextKey = (key: string): key is TextKey => Object.hasOwn(textKinds, key)

/** Every name that a text may use and that its writer must give. */
export const namesOf = (key: TextKey): readonly string[] => [...textKinds[key].needs, ...textKinds[key].mayUse]

/** What a letter of that kind must be given: every name it may use. The town's name, phone and hours come by themselves. */
export type LetterParams<Key extends TextKey> = Readonly<
  Record<(typeof textKinds)[Key]['needs' | 'mayUse'][number], string>
>
