/** Where a request stands. */
export const requestStates = [
  'draft',
  'submitted',
  'under-review',
  'waiting-for-applicant',
  'ready-to-print',
  'signed',
  'posted',
  'ready-for-collection',
  'collected',
  'refused',
  'withdrawn',
  'expired',
] as const
export type RequestState = (typeof requestStates)[number]

/**
 * Every move there is; what is not here is forbidden.
 * A refused request is looked at again when its applicant appeals to the mayor (recours gracieux); one that was posted
 * and came back is signed still, and goes out again.
 */
const moves: Readonly<Record<RequestState, readonly RequestState[]>> = {
  draft: ['submitted', 'withdrawn', 'expired'],
  submitted: ['under-review', 'withdrawn'],
  'under-review': ['submitted', 'waiting-for-applicant', 'ready-to-print', 'refused', 'withdrawn'],
  'waiting-for-applicant': ['under-review', 'refused', 'withdrawn', 'expired'],
  'ready-to-print': ['under-review', 'signed', 'withdrawn'],
  signed: ['under-review', 'posted', 'ready-for-collection', 'withdrawn'],
  posted: ['signed'],
  'ready-for-collection': ['collected', 'posted', 'expired', 'withdrawn'],
  collected: [],
  refused: ['under-review'],
  withdrawn: [],
  expired: [],
}

export const mayMove = (from: RequestState, to: RequestState): boolean => moves[from].includes(to)

/** Nothing more is expected of the town. */
export const closedStates = ['posted', 'collected', 'refused', 'withdrawn', 'expired'] as const satisfies RequestState[]
export const isClosed = (state: RequestState): boolean => (closedStates as readonly RequestState[]).includes(state)

/** What the town has still to do something about: the clerks' queue. A request that waits for its applicant is not late. */
export const openStates = [
  'submitted',
  'under-review',
  'waiting-for-applicant',
  'ready-to-print',
  'signed',
  'ready-for-collection',
] as const satisfies RequestState[]

/** The town has answered: the record is on its way or lies ready, or it was refused. */
const answers = ['posted', 'ready-for-collection', 'refused'] as const satisfies RequestState[]
export const isAnswer = (state: RequestState): boolean => (answers as readonly RequestState[]).includes(state)

/** Moves that nobody may make without saying why. */
export const needsReason = (to: RequestState): boolean => to === 'refused'
