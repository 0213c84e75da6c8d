import { type Request, type Response, Router } from 'express'
import { notFound } from '../kernel/problems.ts'
import type { Town } from '../town-context.ts'
import { administratorOf } from '../web/asker.ts'
import { goOn, refused, typed, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import { cannedKeys, namesOf, type TextKey, textKeys, textKinds, townPlaceholders } from './letter-keys.ts'
import type { SettingsParts } from './pages.ts'
import { exampleOf, restoreText, saveText, sendTrial, textAt, wordingForm } from './save-text.ts'
import { letterTexts } from './schema.ts'
import { EASY_SENTENCE, LONGEST_BODY, LONGEST_SUBJECT, readabilityOf, wordingFaults } from './text-rules.ts'
import { ownWording, shippedWording, type Wording } from './texts.ts'

const PATH = '/guichet/reglages/textes'
type At = { key: TextKey; language: string }
type TextRequest = Request<{ key: string; language: string }>

/** The words of the town's letters, in each language. */
export function textPages(town: Town, { emailOf }: Pick<SettingsParts, 'emailOf'>): Router {
  const router = Router()
  const { read } = town.db
  const titleOf = (res: Response, key: TextKey) =>
    isCanned(key)
      ? shippedWording(town, key, wordsOf(town, res).language.code).subject
      : wordsOf(town, res).t(`settings:kinds.${key}`)

  router.get(PATH, async (_req, res) => {
    administratorOf(res)
    const own = await read.select({ key: letterTexts.key, language: letterTexts.language }).from(letterTexts)
    const texts = textKeys.map(key => ({
      title: titleOf(res, key),
      canned: isCanned(key),
      languages: town.languages.list.map(({ code, name }) => ({
        code,
        name,
        href: `${PATH}/${key}/${code}`,
        own: own.some(row => row.key === key && row.language === code),
      })),
    }))
    town.render.page(res, 'settings/texts', {
      letters: texts.filter(({ canned }) => !canned),
      answers: texts.filter(({ canned }) => canned),
    })
  })

  router.get(`${PATH}/:key/:language`, async (req: TextRequest, res) => {
    administratorOf(res)
    const at = textAt(town, req.params.key, req.params.language)
    await show(res, at, (await ownWording(read, at.key, at.language)) ?? shippedWording(town, at.key, at.language))
  })

  router.post(`${PATH}/:key/:language`, async (req: TextRequest, res) => {
    const administrator = administratorOf(res)
    const at = textAt(town, req.params.key, req.params.language)
    const wanted = typed(req.body, 'do')
    let wording: Wording = { subject: typed(req.body, 'subject'), body: typed(req.body, 'body') }
    const refusal = await refused(res, town, async () => {
      wording = parse(wordingForm, wording)
      if (wanted === 'trial') {
        const email = await emailOf(read, administrator.accountId)
        if (!email) throw notFound()
        await sendTrial(town, administrator, at, { wording, email, once: typed(req.body, 'idempotencyKey') })
      } else if (wanted !== 'preview') await saveText(town, administrator, at, wording)
    })
    if (refusal) return show(res, at, wording, { ...refusal })
    if (wanted === 'preview') return show(res, at, wording)
    const { t } = wordsOf(town, res)
    if (wanted === 'trial') {
      const email = await emailOf(read, administrator.accountId)
      return show(res, at, wording, { told: t('settings:texts.trialSent', { email }) })
    }
    await goOn(req, res, PATH, { kind: 'success', text: t('settings:texts.saved', { title: titleOf(res, at.key) }) })
  })

  router.get(`${PATH}/:key/:language/retablir`, async (req: TextRequest, res) => {
    administratorOf(res)
    const at = textAt(town, req.params.key, req.params.language)
    const { subject, paragraphs } = exampleOf(town, at.key, at.language, shippedWording(town, at.key, at.language))
    town.render.page(res, 'settings/text-restore', {
      title: titleOf(res, at.key),
      at,
      back: `${PATH}/${at.key}/${at.language}`,
      subject,
      paragraphs,
    })
  })

  router.post(`${PATH}/:key/:language/retablir`, async (req: TextRequest, res) => {
    const at = textAt(town, req.params.key, req.params.language)
    await restoreText(town, administratorOf(res), at)
    const text = wordsOf(town, res).t('settings:texts.restored', { title: titleOf(res, at.key) })
    await goOn(req, res, PATH, { kind: 'success', text })
  })

  async function show(
    res: Response,
    at: At,
    wording: Wording,
    { status = 200, errors = [], told }: { status?: number; errors?: readonly object[]; told?: string } = {},
  ) {
    const { f, t } = wordsOf(town, res)
    const { level, average, longest } = readabilityOf(wording.body)
    const needs: readonly string[] = textKinds[at.key].needs
    const view = {
      title: titleOf(res, at.key),
      canned: isCanned(at.key),
      language: town.languages.for(at.language).language,
      wording,
      own: (await ownWording(read, at.key, at.language)) !== undefined,
      names: [...namesOf(at.key), ...townPlaceholders].map(name => ({
        name: `{{${name}}}`,
        meaning: t(`settings:names.${name}`),
        needed: needs.includes(name),
      })),
      reading: { level, average: f.number(average), longest },
      easy: EASY_SENTENCE,
      length: { subject: [...wording.subject].length, body: [...wording.body].length },
      most: { subject: LONGEST_SUBJECT, body: LONGEST_BODY },
      // What could not be sent has no example.
      example: wordingFaults(at.key, wording).length === 0 ? exampleOf(town, at.key, at.language, wording) : null,
      restore: `${PATH}/${at.key}/${at.language}/retablir`,
      told: told ?? '',
      errors,
    }
    town.render.page(res, 'settings/text', view, status)
  }
  return router
}

const isCanned = (key: TextKey) => (cannedKeys as readonly TextKey[]).includes(key)
