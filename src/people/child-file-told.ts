import type { Translator } from '../web/i18n.ts'
import {
  FILE_PARTS,
  FILE_SERVICES,
  type FileService,
  type FileState,
  missingPieces,
  type PartState,
  partState,
  REQUIRED,
} from './child-file-rules.ts'
import type { Answer } from './child-file-store.ts'
import type { FilePart } from './schema.ts'

/** The address of each part below the file's own. */
const PATHS: Readonly<Record<FilePart, string>> = {
  contacts: 'urgence',
  pickups: 'personnes',
  health: 'sante',
  vaccination: 'vaccins',
  insurance: 'assurance',
  consents: 'autorisations',
}

/** The parts as a list of things to do, each with where it stands. */
export function partsTold({ t }: Translator, file: FileState, day: Temporal.PlainDate, at: string, query: string) {
  return FILE_PARTS.map(part => {
    const status = partState(file, part, day)
    return { text: t(`child-file:part.${part}`), href: `${at}/${PATHS[part]}${query}`, hint: hintOf(t, status), status }
  })
}

const hintOf = (t: Translator['t'], status: PartState) =>
  status === 'done' || status === 'to-do' ? '' : t(`child-file:hint.${status}`)

/** What is missing, each piece once, with all that it blocks. */
export function missingTold(
  { t }: Translator,
  file: FileState,
  day: Temporal.PlainDate,
  child: string,
  services: readonly FileService[] = FILE_SERVICES,
): { part: FilePart; piece: string; blocks: string }[] {
  const pieces = new Map(services.flatMap(service => missingPieces(file, { service, day })).map(one => [one.part, one]))
  return FILE_PARTS.flatMap(part => {
    const missing = pieces.get(part)
    if (!missing) return []
    const piece = t(`child-file:missing.${missing.why}`, { piece: t(`child-file:piece.${part}`) })
    const blocks = services
      .filter(service => REQUIRED[service].includes(part))
      .map(service => t(`child-file:blocks.${service}`, { child }))
    return [{ part, piece, blocks: blocks.join(' ') }]
  })
}

/** « Oui », « Non », « Oui, à partir de 8 ans », or nothing yet. */
export function answerTold({ t }: Translator, answer: Pick<Answer, 'given' | 'fromAge'> | undefined): string {
  if (!answer) return t('child-file:notSaid')
  if (!answer.given) return t('people:no')
  return answer.fromAge === null ? t('people:yes') : t('child-file:consents.yesFrom', { age: answer.fromAge })
}
