import { createServer } from 'node:http'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import type { AddressInfo } from 'node:net'
import { clerkAccount, family, school } from '../support/family.ts'
import { launchChromium } from '../support/chromium.ts'
import { canteenTown, book, day, setCapacity } from './world.ts'
import { declareClosure } from '../../src/canteen/staff-closures.ts'
import { saveAttendance, addUnbooked } from '../../src/canteen/staff-attendance.ts'
import { absenceClaims, menuDishes } from '../../src/canteen/schema.ts'
import { files } from '../../src/people/schema.ts'
import { newId } from '../../src/kernel/ids.ts'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const server = createServer()
await new Promise<void>(r => server.listen(0, '127.0.0.1', r))
const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const t = await canteenTown({ BASE_URL: base, CANTEEN_CUT_OFF_WORKING_DAYS: '1' })
server.on('request', t.app)
test('look', async () => {
  const desk = await clerkAccount(t, 'canteen')
  const admin = await clerkAccount(t)
  const names = [['Inès','Diallo'],['Malo','Le Goff'],['Zoé','Ben-Aïcha'],['Maximilien-Alexandre','de La Rochefoucauld-Montmorency'],['Léo','Martin'],['Ana','Nguyen'],['Tom','Œuvrard'],['Eva','Kowalska'],['Noé','N’Diaye']]
  const types = ['standard','no-pork','vegetarian','standard','pai-basket','standard','standard','no-pork','standard'] as const
  const S = 'École Jules-Guesde'
  const homes = []
  for (const [i,[firstName,lastName]] of names.entries()) homes.push(await family(t, { children: [{ firstName: firstName!, lastName: lastName!, className: i%2?'CP A':'CE1', mealType: types[i]!, ...(i===4?{pai:'Allergie à l’arachide.\nTrousse dans le bureau.'}:{}) }], school: S, signedIn: false }))
  const id = await school(t, S)
  await setCapacity(t, id, 8)
  for (const s of ['École Jean-Macé','École maternelle Pasteur']) { const h = await family(t, { school: s, signedIn: false }); await book(t, h, '2026-11-26','2026-11-27') }
  for (const h of homes.slice(0,8)) await book(t, h, '2026-11-26', '2026-11-27', '2026-12-03')
  t.at('2026-11-25T10:05:00+01:00'); await t.tick()
  const pasteur = await school(t, 'École maternelle Pasteur')
  await declareClosure(t.town, desk.actor, { wholeTown:false, schools:[pasteur], classes:[], from: day('2026-11-26'), to: day('2026-11-27'), reason:'strike', message:'Grève nationale, il n’y a pas de service.', meals: 2 })
  await t.settle()
  t.at('2026-11-26T11:40:00+01:00')
  await saveAttendance(t.town, desk.actor, { schoolId: id, day: day('2026-11-26'), rows: homes.slice(0,4).map((h,i)=>({childId:h.children[0]!.id, shown:'none' as const, revision:0, ticked:i<3})), complete: ()=>true })
  await addUnbooked(t.town, desk.actor, { schoolId: id, day: day('2026-11-26'), childId: homes[8]!.children[0]!.id })
  await t.town.db.transaction(async tx => {
    const fileId = newId<'file'>()
    await tx.insert(files).values({ id: fileId, householdId: homes[3]!.household, createdAt: t.town.clock.now(), purpose:'absence', name:'c.pdf', mediaType:'application/pdf', size: 3, storedAs: await t.town.files.put(Buffer.from('%PDF')) })
    for (const d of ['2026-11-26','2026-11-27']) await tx.insert(absenceClaims).values({ id: newId<'absence-claim'>(), childId: homes[3]!.children[0]!.id, householdId: homes[3]!.household, day: day(d), fileId, state: 'to-check', createdAt: t.town.clock.now() })
    const dishes = [['starter','Carottes râpées à l’orange',true,[],['organic']],['main','Sauté de dinde à la moutarde',false,['mustard','milk'],['label-rouge']],['main','Galette de pois chiches',true,['gluten','sesame'],[]],['side','Riz pilaf',true,[],[]],['dairy','Yaourt nature',true,['milk'],['organic','Lait de Valmont']],['dessert','Pomme',true,[],['organic']]] as const
    for (const d of ['2026-11-23','2026-11-24','2026-11-26','2026-11-27']) { const pos: Record<string,number> = {}; for (const [kind,name,vegetarian,allergens,labels] of dishes) { const position = pos[kind] = (pos[kind] ?? -1)+1; await tx.insert(menuDishes).values({ id:newId<'menu-dish'>(), day: day(d), kind, position, name, vegetarian, allergens:[...allergens], labels:[...labels], updatedAt: t.town.clock.now() }) } }
  })
  const [claim] = await t.town.db.read.select().from(absenceClaims)
  const decl = await declareClosure(t.town, desk.actor, { wholeTown:false, schools:[id], classes:['CP A'], from: day('2026-12-03'), to: day('2026-12-03'), reason:'outing', message:'La classe va au musée.', meals: 4 })
  const child = homes[4]!.children[0]!.id
  const pages: Record<string,string> = {
    home: '/guichet/cantine', counts: '/guichet/cantine/comptes?jour=2026-11-26', countsprint: '/guichet/cantine/comptes/imprimer?jour=2026-11-26',
    attendance: `/guichet/cantine/presences/${id}?jour=2026-11-26&q=a`, attendancepast: `/guichet/cantine/presences/${id}?jour=2026-11-23`, attendancecome: `/guichet/cantine/presences/${id}?jour=2026-11-27`, attendanceprint: `/guichet/cantine/presences/${id}/imprimer?jour=2026-11-26`,
    child: `/guichet/cantine/enfants/${child}?jour=2026-11-26`, childnew: `/guichet/cantine/enfants/${homes[8]!.children[0]!.id}?jour=2026-12-03`, pai: `/guichet/cantine/enfants/${child}/pai?jour=2026-11-26`,
    closures: '/guichet/cantine/fermetures', closurenew: '/guichet/cantine/fermetures/nouvelle', closureclass: `/guichet/cantine/fermetures/nouvelle?ecole=${id}`, closure: `/guichet/cantine/fermetures/${decl}`,
    claims: '/guichet/cantine/absences', claim: `/guichet/cantine/absences/${claim!.id}`, menus: '/guichet/cantine/menus?jour=2026-11-26', menusempty: '/guichet/cantine/menus?semaine=2026-W50', schools: '/guichet/ecoles', school: `/guichet/ecoles/${id}`, opendata: '/open-data', townhome: '/', desk: '/guichet',
  }
  for (const [n,p] of Object.entries({ counts:'/guichet/cantine/comptes.pdf?jour=2026-11-26', list:`/guichet/cantine/presences/${id}/liste.pdf?jour=2026-11-26`, poster:'/menus/affiche.pdf?semaine=2026-W48' })) writeFileSync(`/tmp/look/${n}.pdf`, (await desk.clerk.get(p).set('Origin', base).buffer(true).parse((r,cb)=>{const c:Buffer[]=[];r.on('data',(d:Buffer)=>c.push(d));r.on('end',()=>cb(null,Buffer.concat(c)))})).body)
  const browser = await launchChromium()
  const only = process.env['LOOK']?.split(',')
  for (const [w,h] of [[375,812],[768,1024],[1280,900]] as const) for (const lang of w===1280 ? ['fr','en'] : ['fr']) {
    const context = await browser.desk({ viewport: { width: w, height: h }, bypassCSP: true, locale: lang==='fr'?'fr-FR':'en-GB' })
    const page = await context.newPage()
    await page.goto(base + '/connexion')
    await page.fill('input[name=email]', desk.email); await page.fill('input[name=password]', desk.password)
    await page.click('main button[type=submit]')
    await page.waitForLoadState()
    for (const [name,path] of Object.entries(pages)) {
      if (only && !only.includes(name)) continue
      const bytes = await page.goto(base + path)
      const status = bytes?.status()
      await page.evaluate(axe)
      const faults = await page.evaluate<string[]>(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`)
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      const nodes = await page.evaluate<number>("document.querySelectorAll('*').length")
      if (status !== 200 || faults.length || over > 0 || nodes > 1500) console.log(w, lang, name, status, faults, 'over', over, nodes)
      else console.log(w, lang, name, 'ok', nodes)
      await page.screenshot({ path: `/tmp/look/${name}-${w}-${lang}.png`, fullPage: true })
    }
    if (!only || only.includes('plan')) {
      await page.goto(base + '/guichet/cantine/fermetures/nouvelle')
      await page.check('input[value=schools]'); await page.check(`input[value="${id}"]`)
      await page.fill('#from', '2026-11-27'); await page.check('input[value=works]'); await page.fill('#message', 'Travaux dans la cuisine.')
      await page.click('main form button[type=submit]'); await page.waitForLoadState()
      await page.fill('#meals','3'); await page.click('button[value=close]'); await page.waitForLoadState()
      await page.evaluate(axe)
      console.log('plan', await page.evaluate<string[]>(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`))
      await page.screenshot({ path: `/tmp/look/plan-${w}-${lang}.png`, fullPage: true })
    }
    await context.close()
  }
  await browser.close(); server.close()
})
