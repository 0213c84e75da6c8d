import { Router } from 'express'
import { Problem } from '../../src/kernel/problems.ts'
import { formats } from '../../src/web/format.ts'
import type { Renderer } from '../../src/web/render.ts'

/** One page per family of components, as services use them. */
export function samplePages(render: Renderer): Router {
  const router = Router()
  router.get('/form', (_req, res) => render.page(res, 'form', { values: {} }))
  router.post('/form', (req, res) => render.page(res, 'form', { values: req.body, errors: faults }, 422))
  router.get('/lists', (_req, res) => render.page(res, 'lists', { rows: invoices }))
  router.get('/end', (_req, res) => render.page(res, 'end', {}))
  router.get('/cantine', (_req, res) => render.page(res, 'calendar', december()))
  router.post('/cantine', (req, res) => res.redirect(303, String(req.query['then'])))
  router.get('/guichet', (_req, res) => render.page(res, 'clerk', { rows: invoices }))
  router.get('/print', (_req, res) =>
    render.page(res, 'sheet', { printedAt: Temporal.Instant.from('2026-12-07T08:30:00Z'), rows: invoices }),
  )
  router.get('/problem/:status/:code', req => {
    throw new Problem(Number(req.params.status), req.params.code, { words: 'Le site ouvre à nouveau lundi à 9 h.' })
  })
  return router
}

const faults = [
  { field: 'firstName', message: 'Écrivez le prénom de votre enfant' },
  { field: 'birthDate', message: 'Cette date n’existe pas. Exemple : 31 3 2019' },
  { field: 'meal', message: 'Choisissez un repas' },
  { field: 'days', message: 'Choisissez un jour au moins' },
  { field: 'school', message: 'Choisissez une école' },
  { field: 'proof', message: 'Ce fichier est trop lourd : 5 Mo au plus' },
  { field: 'password', message: 'Ce mot de passe est trop court' },
  { field: 'message', message: 'Écrivez votre message' },
  { field: '', message: 'Cette page est trop vieille. Regardez ce qui a changé.' },
]

const invoices = [
  { number: '2026-000124', period: 'novembre 2026', cents: 2940, status: 'due' },
  { number: '2026-000087', period: 'octobre 2026', cents: 123456, status: 'late' },
  { number: '2026-000012', period: 'septembre 2026', cents: 3780, status: 'paid' },
]

/** December of two children: two days that are locked, a full one, Wednesdays and holidays closed. */
function december() {
  const f = formats('fr-FR')
  const children = ['Inès', 'Malo <b>']
  let meals = 0
  const weeks = [0, 1, 2, 3].map(week => {
    const monday = Temporal.PlainDate.from('2026-11-30').add({ days: 7 * week })
    const days = [0, 1, 2, 3, 4].map(offset => {
      const day = monday.add({ days: offset })
      const iso = day.toString()
      const [weekday = '', date = '', month = ''] = f.shortDay(day).split(' ')
      const common = { iso, weekday, date: `${date} ${month}`, full: f.dayNoYear(day) }
      if (week === 3) return { ...common, closed: 'Vacances scolaires' }
      if (offset === 2) return { ...common, closed: 'Pas de cantine le mercredi' }
      return {
        ...common,
        children: children.map((name, i) => {
          const id = `${i}-${iso}`
          const checked = i === 0 || offset === 0
          if (checked) meals += 1
          if (iso < '2026-12-02')
            return { id, name, mark: checked ? { text: 'Réservé', tone: 'yes' } : { text: 'Non réservé', tone: 'no' } }
          const full = week === 1 && offset === 4 && i === 1
          const note = full ? 'Complet : liste d’attente' : undefined
          return { id, name, field: 'meal', value: id, price: 210, checked, note }
        }),
      }
    })
    return { legend: `Semaine du ${f.dayNoYear(monday).replace(/^\S+ /, '')}`, days }
  })
  return { weeks, meals, cents: meals * 210, fixedMeals: 3, fixedCents: 630 }
}
