import type {
  AttendanceListView,
  CreditNoteView,
  InvoiceLine,
  InvoiceView,
  KitchenCountsView,
  LeisureRegisterView,
  MenuPosterView,
  ReceiptView,
} from '../../src/documents/views.ts'
import { cents } from '../../src/kernel/money.ts'
import type { TownIdentity } from '../../src/town-identity.ts'

export const valmont: TownIdentity = {
  name: 'Ville de Valmont',
  shortName: 'Valmont',
  inseeCode: '59605',
  siret: '21590605900017',
  address: ['Hôtel de ville', '1 place de la République', '59300 Valmont'],
  phone: '03 20 00 00 00',
  email: 'cantine@valmont.example',
  openingHours: 'Mairie ouverte du lundi au vendredi, de 8 h 30 à 17 h 30.',
  regie: 'Régie de recettes de la restauration scolaire',
  colour: '#1d5b79',
  hosting: 'Valmont, salle informatique de la mairie',
  latePaymentNotice:
    'Nous vous envoyons un rappel. Ensuite, le Trésor public vous réclame la somme. Vous ne pouvez alors plus payer à la mairie. Vous avez un souci pour payer ? Parlez-en vite au CCAS.',
  court: { name: 'Tribunal judiciaire de Lille', address: ['13 avenue du Peuple-Belge', '59034 Lille Cedex'] },
  civilRegistry: { phone: '03 20 00 00 01', email: 'etat-civil@valmont.example' },
}

const line = (label: string, quantity: number, unitPrice: number, more: Partial<InvoiceLine> = {}): InvoiceLine => ({
  label,
  quantity,
  unitPrice: cents(unitPrice),
  amount: cents(quantity * unitPrice),
  days: [],
  reason: '',
  ...more,
})

const DAYS = ['2026-12-01', '2026-12-03', '2026-12-04', '2026-12-07', '2026-12-08', '2026-12-10', '2026-12-11']

/** An invoice whose sums are right, of these children and lines. */
export function invoiceOf(
  children: readonly { name: string; school?: string; services: InvoiceView['children'][number]['services'] }[],
  more: Partial<InvoiceView> & { credit?: number } = {},
): InvoiceView {
  const { credit = 0, ...rest } = more
  const withSums = children.map(({ name, school = '', services }) => {
    const subtotal = services.flatMap(({ lines }) => lines).reduce((total, each) => total + each.amount, 0)
    return { name, school, services, subtotal: cents(subtotal) }
  })
  const total = withSums.reduce((sum, child) => sum + child.subtotal, 0)
  return {
    number: 'F-2026-000123',
    issuedOn: '2027-01-05',
    month: '2026-12',
    deposit: false,
    dueOn: '2027-01-31',
    payer: {
      name: 'Mme Aïssatou Diallo',
      addressLines: ['12 bis rue des Œillets', 'Résidence L’Haÿ', '59300 Valmont'],
    },
    children: withSums,
    total: cents(total),
    creditUsed: cents(credit),
    amountDue: cents(total - credit),
    paymentPage: 'https://guichet.valmont.example/payer/F-2026-000123',
    counterMeans: ['card', 'cash', 'cheque'],
    ...rest,
  }
}

export const usualInvoice = invoiceOf(
  [
    {
      name: 'Inès Diallo',
      school: 'École élémentaire Jules-Guesde, CE1',
      services: [
        {
          name: 'Cantine',
          lines: [
            line('Repas', 7, 345, { days: DAYS, quotient: cents(64000), reason: 'tranche 2, habitante de Valmont' }),
            line('Repas sans réservation', 1, 545, {
              days: ['2026-12-14'],
              quotient: cents(64000),
              reason: 'majoration de 2,00 €',
            }),
          ],
        },
      ],
    },
    {
      name: 'Ÿlan Diallo-Lefrançois',
      school: 'École maternelle Pauline-Kergomard, grande section',
      services: [
        {
          name: 'Cantine',
          lines: [
            line('Repas sans porc', 6, 345, { days: DAYS.slice(1), quotient: null, reason: 'tarif le plus haut' }),
          ],
        },
      ],
    },
  ],
  { credit: 500 },
)

export const zeroInvoice = invoiceOf(
  [
    {
      name: 'Inès Diallo',
      services: [
        {
          name: 'Cantine',
          lines: [line('Absence justifiée', 3, 0, { days: DAYS.slice(0, 3), reason: 'certificat médical' })],
        },
      ],
    },
  ],
  { paymentPage: null, counterMeans: [] },
)

export const negativeInvoice = invoiceOf(
  [
    {
      name: 'Inès Diallo',
      services: [
        {
          name: 'Cantine',
          lines: [
            line('Repas', 2, 345, { days: DAYS.slice(0, 2) }),
            line('Repas annulé, grève', -4, 345, { days: ['2026-11-24', '2026-11-26', '2026-11-27', '2026-11-30'] }),
          ],
        },
      ],
    },
  ],
  { paymentPage: null, counterMeans: [] },
)

/** Sixty lines over two children: two pages. */
export const longInvoice = invoiceOf(
  ['Inès Diallo', 'Malo Diallo'].map(name => ({
    name,
    school: 'École élémentaire Jules-Guesde, CE1',
    services: [
      {
        name: 'Cantine',
        lines: Array.from({ length: 30 }, (_, i) => line(`Repas du ${i + 1} décembre 2026`, 1, 345 + i)),
      },
    ],
  })),
)

const LONG_NAME = 'Marie-Antoinette-Élisabeth-Wilhelmine de la Tour d’Auvergne-Lau' // 63 letters

/** Names and an address as long as they come. */
export const crampedInvoice = invoiceOf(
  [
    {
      name: LONG_NAME,
      school: 'Regroupement pédagogique intercommunal de la Haute-Vallée-de-l’Escaut, cours moyen 2ᵉ année',
      services: [
        {
          name: 'Restauration scolaire municipale',
          lines: [line('Repas pris sans réservation au tarif extérieur majoré', 12, 123456)],
        },
      ],
    },
  ],
  {
    payer: {
      name: `M. et Mme ${LONG_NAME}`,
      addressLines: [
        'Chez Mme Hildegarde Vandenbroucke-Wambrechies',
        'Appartement 1204, escalier C, bâtiment Les Hirondelles',
        '1457 avenue du Général-Charles-de-Gaulle prolongée',
        'Lieu-dit La Ferme du Moulin de la Haute-Borne',
        'Boîte postale 59650',
        '59650 Villeneuve-d’Ascq-sur-la-Marque-lès-Valmont Cedex',
      ],
    },
  },
)

export const creditNote: CreditNoteView = {
  number: 'A-2027-000007',
  issuedOn: '2027-01-12',
  invoice: { number: 'F-2026-000123', issuedOn: '2027-01-05' },
  payer: usualInvoice.payer,
  reason: 'Inès était malade le 14 décembre. Le certificat est arrivé à temps.',
  lines: [
    { label: 'Inès Diallo, repas du 14 décembre 2026', amount: cents(545) },
    { label: 'Inès Diallo, repas du 15 décembre 2026', amount: cents(345) },
  ],
  total: cents(890),
  outcome: 'deducted',
}

export const receipt: ReceiptView = {
  number: 'R-2027-000045',
  paidOn: '2027-01-08',
  means: 'card-online',
  payer: usualInvoice.payer,
  invoices: [
    { number: 'F-2026-000123', month: '2026-12', paid: cents(4530), left: cents(0) },
    { number: 'F-2026-000088', month: '2026-11', paid: cents(2000), left: cents(1450) },
  ],
  amount: cents(6530),
}

const LAST = [
  'Diallo',
  'Lefèvre',
  'Ozdemir',
  'Nguyễn',
  'Dąbrowski',
  'd’Hondt',
  'Ben Amar',
  'Müller',
  'Ştefănescu',
  'Lœuilleux',
]
const FIRST = [
  'Inès',
  'Malo',
  'Ayşe',
  'Quỳnh',
  'Łucja',
  'Zoé',
  'Yassine',
  'Jörg',
  'Ioniță',
  'Anaïs',
  'Noé',
  'Gwenaëlle',
]
const MEALS = ['Standard', 'Standard', 'Sans porc', 'Végétarien', 'Standard', 'Panier PAI']

export const leisureRegister: LeisureRegisterView = {
  centre: 'Centre de loisirs du Parc',
  day: '2026-12-21',
  printedAt: '2026-12-21T06:50:00Z',
  groups: [
    { name: 'Les petits, de 3 à 5 ans, de 8 h à 18 h', count: 19, age: 4 },
    { name: 'Les grands, de 6 à 11 ans, de 8 h à 18 h', count: 3, age: 8 },
  ].map(({ name, count, age }) => ({
    name,
    children: Array.from({ length: count }, (_, i) => ({
      lastName: LAST[i % LAST.length] ?? '',
      firstName: FIRST[(i * 5) % FIRST.length] ?? '',
      age,
      stay: i % 4 === 3 ? 'matin, avec repas' : 'journée, avec repas',
      marks: i % 5 === 1 ? ['PAI : voir la fiche', 'Pas de photo'] : [],
      phones: [`Awa ${LAST[i % LAST.length]} 06 11 22 33 ${10 + i}`, `Rose Petit 06 44 55 66 ${10 + i}`],
      arrival: i === 0 ? '8 h 32' : i === 2 ? 'absent' : '',
      departure: '',
      collectedBy: '',
    })),
  })),
}

export const attendanceList: AttendanceListView = {
  school: 'École élémentaire Jules-Guesde',
  day: '2026-12-07',
  printedAt: '2026-12-07T08:12:00Z',
  classes: ['CP, Mme Petit', 'CE1, M. Leroy', 'CE2–CM1, Mme N’Guessan'].map((name, c) => ({
    name,
    children: Array.from({ length: 21 + c }, (_, i) => ({
      lastName: LAST[(i + c) % LAST.length] ?? '',
      firstName: FIRST[(i * 5 + c) % FIRST.length] ?? '',
      mealType: MEALS[(i + c) % MEALS.length] ?? '',
      healthPlan: (i + c) % MEALS.length === 5,
    })),
  })),
}

const SCHOOLS = [
  'École maternelle Pauline-Kergomard',
  'École élémentaire Jules-Guesde',
  'École primaire Anne-Frank',
  'École primaire Sainte-Thérèse',
]

export const kitchenCounts: KitchenCountsView = {
  mealTypes: ['Standard', 'Sans porc', 'Végétarien', 'Panier PAI'],
  printedAt: '2026-12-04T09:15:00Z',
  days: ['2026-12-07', '2026-12-08', '2026-12-10', '2026-12-11'].map((day, d) => ({
    day,
    countedAt: d < 2 ? '2026-12-03T09:00:00Z' : null,
    schools: SCHOOLS.map((name, s) => ({
      name,
      meals: [62 + 7 * s, 14 + s, 9, 2].map((now, i) => ({
        now: d === 0 && s === i ? now + 2 : d === 1 && i === 3 && s === 0 ? 1 : now,
        counted: d < 2 ? now : null,
      })),
      closed: d === 1 && s === 2 ? 'sortie au musée' : null,
    })),
  })),
}

const dish = (
  kind: string,
  name: string,
  allergens: string[] = [],
  more: { vegetarian?: boolean; labels?: string[] } = {},
) => ({
  kind,
  name,
  vegetarian: more.vegetarian ?? false,
  labels: more.labels ?? [],
  allergens,
})

export const menuPoster: MenuPosterView = {
  restaurants: 'Écoles maternelles et élémentaires',
  monday: '2026-12-07',
  updatedAt: '2026-12-02T14:00:00Z',
  kinds: ['Entrée', 'Plat', 'Garniture', 'Produit laitier', 'Dessert'],
  days: [
    {
      day: '2026-12-07',
      closed: null,
      dishes: [
        dish('Entrée', 'Carottes râpées au citron', ['moutarde'], {
          vegetarian: true,
          labels: ['Agriculture biologique'],
        }),
        dish('Plat', 'Bœuf bourguignon', ['céréales contenant du gluten', 'céleri'], { labels: ['Label rouge'] }),
        dish('Plat', 'Galette de lentilles', ['céréales contenant du gluten', 'œufs'], { vegetarian: true }),
        dish('Garniture', 'Purée de pommes de terre', ['lait']),
        dish('Produit laitier', 'Maroilles', ['lait'], { labels: ['AOP'] }),
        dish('Dessert', 'Clémentines de Corse', [], { labels: ['IGP'] }),
      ],
    },
    {
      day: '2026-12-08',
      closed: null,
      dishes: [
        dish('Entrée', 'Soupe de potiron', ['lait', 'céleri'], { vegetarian: true }),
        dish('Plat', 'Omelette au fromage', ['œufs', 'lait'], { vegetarian: true, labels: ['Agriculture biologique'] }),
        dish('Garniture', 'Haricots verts persillés'),
        dish('Produit laitier', 'Yaourt nature', ['lait']),
        dish('Dessert', 'Gâteau au chocolat', [
          'céréales contenant du gluten',
          'œufs',
          'lait',
          'fruits à coques',
          'soja',
        ]),
      ],
    },
    { day: '2026-12-10', closed: 'Grève : pas de repas', dishes: [] },
    {
      day: '2026-12-11',
      closed: null,
      dishes: [
        dish('Entrée', 'Taboulé', ['céréales contenant du gluten']),
        dish('Plat', 'Filet de colin sauce hollandaise', ['poissons', 'œufs', 'lait'], {
          labels: ['Pêche durable MSC'],
        }),
        dish('Garniture', 'Riz et épinards à la crème', ['lait']),
        dish('Produit laitier', 'Petit-suisse', ['lait']),
        dish('Dessert', 'Pomme', [], { labels: ['Agriculture biologique', 'circuit court'] }),
      ],
    },
  ],
}
