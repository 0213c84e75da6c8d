import { type Request, type Response, Router } from 'express'
import { dayInParis } from '../kernel/clock.ts'
import type { Town } from '../town-context.ts'
import { administratorOf } from '../web/asker.ts'
import { goOn, refused, typed, typedIn, wordsOf } from '../web/form-page.ts'
import { parse } from '../web/forms.ts'
import type { Translator } from '../web/i18n.ts'
import { answerDay } from './delays.ts'
import type { SettingsParts } from './pages.ts'
import { type SettingsChanges, saveSettings, settingsChanges } from './save-settings.ts'
import { delayKinds, type Settings, settingsOf } from './settings.ts'

const PATH = '/guichet/reglages/horaires-et-delais'

const plainFields = ['openingHours', 'askDays', 'lockMinutes', 'mostCopies', 'collectionDays', 'weeklyMailTo'] as const
const delayFields = delayKinds.map(kind => `delays.${kind}` as const)
type Typed = Record<(typeof plainFields)[number] | (typeof delayFields)[number], string>

/** Opening hours and delays, each with what it means for a request received today. */
export function settingsFormPages(town: Town, { refresh }: Pick<SettingsParts, 'refresh'>): Router {
  const router = Router()

  router.get(PATH, async (_req, res) => {
    administratorOf(res)
    const settings = await settingsOf(town.db.read)
    show(res, typedFrom(settings), settings)
  })

  router.post(PATH, async (req, res) => {
    const administrator = administratorOf(res)
    const values = typedOf(req)
    let wanted: Settings | undefined
    const refusal = await refused(res, town, async () => {
      const current = await settingsOf(town.db.read)
      const { openingHours, ...others } = parse(settingsChanges, changesOf(values))
      // The configured hours, sent back as they were shown, are not hours that somebody set.
      const changes = openingHours === hoursShown(current) ? others : { ...others, openingHours }
      wanted = { ...current, ...changes } as Settings
      if (typed(req.body, 'do') !== 'preview') await saveSettings(town, administrator, changes)
    })
    if (refusal || !wanted) {
      return show(res, values, await settingsOf(town.db.read), refusal)
    }
    if (typed(req.body, 'do') === 'preview') return show(res, values, wanted)
    await refresh()
    await goOn(req, res, PATH, { kind: 'success', text: wordsOf(town, res).t('settings:form.saved') })
  })

  function show(
    res: Response,
    values: Typed,
    settings: Settings,
    { status, errors }: { status: number; errors: readonly object[] } = { status: 200, errors: [] },
  ) {
    const { name, phone, email, address } = town.config.town
    const view = {
      typed: values,
      examples: examplesOf(wordsOf(town, res), settings, dayInParis(town.clock.now())),
      delayKinds,
      fixed: { name, phone, email, address: address.join(', ') },
      errors,
    }
    town.render.page(res, 'settings/form', view, status)
  }

  const hoursShown = (settings: Settings) => settings.openingHours ?? town.config.town.openingHours
  const typedFrom = (settings: Settings): Typed =>
    ({
      ...Object.fromEntries(plainFields.map(name => [name, String(settings[name] ?? '')])),
      ...Object.fromEntries(delayKinds.map(kind => [`delays.${kind}`, String(settings.delays[kind])])),
      openingHours: hoursShown(settings),
    }) as Typed

  return router
}

const typedOf = ({ body }: Request): Typed => typedIn(body, [...plainFields, ...delayFields])

const changesOf = (values: Typed): SettingsChanges => ({
  ...Object.fromEntries(plainFields.map(name => [name, values[name]])),
  delays: {
    birth: values['delays.birth'],
    marriage: values['delays.marriage'],
    death: values['delays.death'],
    recognition: values['delays.recognition'],
  },
})

/** What the settings mean, for what would be received today. */
function examplesOf({ t, f }: Translator, settings: Settings, today: Temporal.PlainDate) {
  const received = f.dayNoYear(today)
  const inDays = (days: number) => ({ received, until: f.dayNoYear(today.add({ days })) })
  const ten = Temporal.PlainTime.from('10:00')
  const delays = delayKinds.map(kind => {
    const until = f.dayNoYear(answerDay(today, settings.delays[kind]))
    return [kind, t('settings:form.example.delay', { received, until })] as const
  })
  return {
    delays: Object.fromEntries(delays),
    askDays: t('settings:form.example.askDays', inDays(settings.askDays)),
    collectionDays: t('settings:form.example.collectionDays', inDays(settings.collectionDays)),
    lockMinutes: t('settings:form.example.lockMinutes', {
      from: f.time(ten),
      until: f.time(ten.add({ minutes: settings.lockMinutes })),
    }),
  }
}
