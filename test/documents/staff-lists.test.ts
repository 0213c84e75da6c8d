import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attendanceList, kitchenCounts, leisureRegister, menuPoster } from './examples.ts'
import { drawn } from './pdf.ts'

const flat = (pages: string[]) => pages.join(' ').replace(/[\s\u00a0\u202f]+/g, ' ')

test('an attendance list shows every child of each class with the meal, and counts the meals', async () => {
  const pdf = await drawn({ kind: 'attendance-list', view: attendanceList })
  const pages = pdf.pages()
  const text = flat(pages)
  for (const { name, children } of attendanceList.classes) {
    assert.ok(text.includes(`${name} (${children.length} enfants)`))
    for (const child of children)
      assert.ok(text.includes(`${child.lastName.toUpperCase()} ${child.firstName} ${child.mealType}`))
  }
  assert.ok(text.includes('Lundi 7 décembre 2026'))
  assert.ok(text.includes('Imprimé le 7 décembre 2026 à 9 h 12.'))
  assert.match(text, /Repas prévus Repas Nombre Standard 33 Sans porc 12 Végétarien 11 Panier PAI 10 Total 66/)
  for (const page of pages.slice(0, -1)) assert.match(page, /Nom et prénom +Repas +PAI +Présent +Absent/)
})

test('the health plan column is there only for who may know', async () => {
  const classes = attendanceList.classes.map(each => ({
    ...each,
    children: each.children.map(({ lastName, firstName }) => ({ lastName, firstName, mealType: 'Standard' })),
  }))
  const text = flat((await drawn({ kind: 'attendance-list', view: { ...attendanceList, classes } })).pages())
  assert.ok(!text.includes('PAI'))
  assert.match(text, /Nom et prénom Repas Présent Absent/)
})

test('a school where nobody eats has a list that says so', async () => {
  const text = flat((await drawn({ kind: 'attendance-list', view: { ...attendanceList, classes: [] } })).pages())
  assert.match(text, /Repas prévus Repas Nombre Total 0/)
})

test('attendance lists print well without colours', async () => {
  const objects = (await drawn({ kind: 'attendance-list', view: attendanceList })).objects()
  for (const [, r, g, b] of objects.matchAll(/([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)/g))
    assert.ok(
      Math.max(Number(r), Number(g), Number(b)) - Math.min(Number(r), Number(g), Number(b)) < 0.1,
      `${r} ${g} ${b}`,
    )
})

test('the kitchen sees each school’s meals by type, the totals, and what changed since it was told', async () => {
  const text = flat((await drawn({ kind: 'kitchen-counts', view: kitchenCounts })).pages())
  for (const said of [
    'Du lundi 7 décembre 2026 au vendredi 11 décembre 2026',
    'Comptés le 3 décembre 2026 à 10 h.',
    'École maternelle Pauline-Kergomard 64 (+2) 14 9 2 89 (+2)',
    'Toutes les écoles 292 (+2) 64 (+2) 38 (+2) 10 (+2) 404 (+8)',
    'Entre parenthèses : ce qui a changé depuis le comptage.',
    'École maternelle Pauline-Kergomard 62 14 9 1 (−1) 86 (−1)',
    'École primaire Anne-Frank Pas de repas : sortie au musée',
    'Toutes les écoles 214 46 27 5 (−1) 292 (−1)',
    'Nombres provisoires : les parents peuvent encore changer.',
    'Toutes les écoles 290 62 36 8 396',
  ])
    assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
})

test('a week’s menus name each dish under its day and kind, with its allergens in words', async () => {
  const pdf = await drawn({ kind: 'menu-poster', view: menuPoster })
  assert.equal(pdf.pages().length, 1)
  const spoken = pdf.spoken().map(text => text.replace(/[\u00a0\u202f]/g, ' '))
  for (const said of [
    'Cantine : semaine du 7 décembre 2026',
    'Lundi 7 décembre',
    'Carottes râpées au citron Végétarien · Agriculture biologique Contient : moutarde',
    'Gâteau au chocolat Contient : céréales contenant du gluten, œufs, lait, fruits à coques et soja',
    'Grève : pas de repas',
    'Clémentines de Corse IGP',
  ])
    assert.ok(spoken.includes(said), `« ${said} » is missing in: ${spoken.join(' | ')}`)
})

test('long dishes are written smaller, and go on to a second page only when they must', async () => {
  const dish = menuPoster.days[0]?.dishes[0]
  assert.ok(dish)
  const long = { ...dish, name: 'Parmentier de légumes racines gratiné à la mimolette vieille de Lille' }
  const weekOf = (each: number) => ({
    ...menuPoster,
    days: menuPoster.days.map(day => ({
      ...day,
      closed: null,
      dishes: menuPoster.kinds.flatMap(kind => Array.from({ length: each }, () => ({ ...long, kind }))),
    })),
  })
  const one = (await drawn({ kind: 'menu-poster', view: weekOf(1) })).pages()
  assert.equal(one.length, 1)
  const two = (await drawn({ kind: 'menu-poster', view: weekOf(3) })).pages()
  assert.equal(two.length, 2)
  for (const page of two) assert.match(page, /Plats +Lundi 7 décembre +Mardi 8 décembre/)
})

test('a centre’s sheet has a page for each group, with room to write the hours, who collects and a signature', async () => {
  const pdf = await drawn({ kind: 'leisure-register', view: leisureRegister })
  const pages = pdf.pages()
  const text = flat(pages)
  for (const said of [
    'Centre de loisirs du Parc',
    'Lundi 21 décembre 2026',
    'Les petits, de 3 à 5 ans, de 8 h à 18 h (19 enfants)',
    'Les grands, de 6 à 11 ans, de 8 h à 18 h (3 enfants)',
    'PAI : voir la fiche',
    '06 11 22 33 10',
  ])
    assert.ok(text.includes(said), `« ${said} » is missing in: ${text}`)
  const head = /Enfant +Inscription +À savoir +Arrivée +Départ +Vient le +chercher +Signature +Appeler/
  for (const page of pages) assert.match(page.replace(/[\u00a0\u202f]/g, ' '), head)
  const last = pages.at(-1) ?? ''
  assert.ok(last.includes('Les grands') && !last.includes('Les petits,'))
  const said = pdf.spoken().map(line => line.replace(/[\s\u00a0\u202f]+/g, ' '))
  assert.ok(said.some(line => line.startsWith(`${leisureRegister.groups[0]?.children[0]?.lastName.toUpperCase()} `)))
  assert.equal(pdf.info()['Tagged'], 'yes')
  assert.equal(pdf.info()['Page size']?.startsWith('841'), true)
})

test('a centre where nobody is signed up has a sheet that says so', async () => {
  const text = flat((await drawn({ kind: 'leisure-register', view: { ...leisureRegister, groups: [] } })).pages())
  assert.match(text, /Personne n’est inscrit ce jour-là/)
  const empty = { name: 'Les petits', children: [] }
  const one = flat((await drawn({ kind: 'leisure-register', view: { ...leisureRegister, groups: [empty] } })).pages())
  assert.match(one, /Personne n’est inscrit dans ce groupe/)
})
