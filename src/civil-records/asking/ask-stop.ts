import type { TownIdentity } from '../../town-identity.ts'
import type { Translator } from '../../web/i18n.ts'
import type { Answers } from '../kinds.ts'
import { needsStanding } from '../rules/entitlement.ts'
import type { Stop } from '../rules/questions.ts'
import { pageOf } from './ask-summary.ts'

/** Why this request goes no further, what can be had instead, and where. */
export function stopView({ t, f }: Translator, answers: Answers, stop: Stop, { shortName }: TownIdentity) {
  const say = (key: string, params = {}) => t(`civil-ask:${key}`, { town: shortName, ...params })
  if (stop.stop === 'elsewhere') {
    return {
      title: say('elsewhere.title'),
      paragraphs: [say('elsewhere.text')],
      law: '',
      whom: stop.whom.map(({ whom, link, address }) => ({
        title: say(`elsewhere.${whom}`),
        text: say(`elsewhere.${whom}Text`),
        link,
        address: address ?? [],
      })),
      instead: [],
      change: { text: say('elsewhere.change'), href: pageOf('place') },
    }
  }
  const { reason, source, instead, whom, opensOn } = stop.entitlement
  const asksWho = answers.kind && answers.form && needsStanding(answers.kind, answers.form)
  const changed = reason === 'applicant-minor' ? 'applicant' : asksWho ? 'standing' : 'form'
  return {
    title: say('notEntitled.title'),
    paragraphs: [
      say(`notEntitled.${reason}`),
      ...(whom === 'relative' && reason === 'no-standing' ? [say('notEntitled.relative')] : []),
      ...(opensOn ? [say('notEntitled.opens', { day: `${f.date(opensOn)} ${opensOn.year}` })] : []),
    ],
    law: source,
    whom: [],
    instead: instead.map(form => ({ form, text: say(`notEntitled.instead.${form}`) })),
    change: { text: say('notEntitled.change'), href: pageOf(changed) },
  }
}
