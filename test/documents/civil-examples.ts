import type {
  Appeal,
  AskedRecord,
  BirthAct,
  CivilAcknowledgementView,
  CivilBatchView,
  CivilCoverLetterView,
  CivilRecordView,
  CivilRefusalView,
  CivilRequestReceiptView,
  DeathAct,
  MarriageAct,
  PostalAddressee,
  RecognitionAct,
  RegistryService,
} from '../../src/documents/civil/views.ts'

const service: RegistryService = {
  name: 'Service de l’état civil',
  addressLines: ['Hôtel de ville', '1 place de la République', '59300 Valmont'],
  email: 'etat-civil@valmont.example',
  phone: '03 20 00 00 07',
}

const appeal: Appeal = {
  court: {
    name: 'Tribunal judiciaire de Lille',
    addressLines: ['13 avenue du Peuple-Belge', 'BP 729', '59034 Lille cedex'],
  },
}

export const home: PostalAddressee = {
  name: 'Mme Aïssatou Diallo',
  lines: ['12 bis rue des Œillets', 'Résidence L’Haÿ'],
  postcode: '59300',
  city: 'Valmont',
  country: 'FR',
}

export const abroad: PostalAddressee = {
  name: 'Herr Jörg Dąbrowski-Lefèvre',
  lines: ['Straße des 17. Juni 135'],
  postcode: '10623',
  city: 'Berlin',
  country: 'DE',
}

export const asked: AskedRecord = {
  kind: 'birth',
  form: 'full-copy',
  copies: 2,
  names: [{ firstNames: 'Madeleine Rose Lucie', lastName: 'Delannoy' }],
  date: '1931-05-12',
}

export const acknowledgement: CivilAcknowledgementView = {
  number: 'K7QF2MXA9PTR',
  receivedAt: '2026-11-23T23:30:00Z', // the 24th in Paris
  to: home,
  asked,
  delivery: 'post',
  service,
  answerBefore: '2026-12-15',
  silence: { meaning: 'refusal', afterMonths: 2, on: '2027-01-23' },
  appeal,
  followPage: 'https://guichet.valmont.example/etat-civil/suivi/3f9c2b7a1d',
  missing: ['votre pièce d’identité'],
}

export const coverLetter: CivilCoverLetterView = {
  number: 'K7QF2MXA9PTR',
  sentOn: '2026-11-26',
  to: home,
  enclosed: [asked],
  service,
}

export const refusal: CivilRefusalView = {
  number: 'K7QF2MXA9PTR',
  receivedAt: '2026-11-23T10:00:00Z',
  decidedOn: '2026-11-26',
  to: home,
  asked,
  law: [
    {
      french:
        'Décret n° 2017-890 du 6 mai 2017, article 30 : une copie intégrale n’est donnée qu’à la personne, à ses parents et grands-parents, à ses enfants et petits-enfants, à son époux ou son épouse, et à son représentant légal.',
      translated:
        'Decree no. 2017-890 of 6 May 2017, article 30: a full copy is given only to the person, their parents and grandparents, their children and grandchildren, their husband or wife, and their legal representative.',
    },
  ],
  facts: [
    {
      french: 'Vous êtes la sœur de Madeleine Delannoy. Son acte date de moins de 75 ans.',
      translated: 'You are the sister of Madeleine Delannoy. Her record is less than 75 years old.',
    },
  ],
  instead: [
    {
      french: 'Un extrait sans filiation. Toute personne peut le demander, gratuitement.',
      translated: 'An extract without parentage. Anyone may ask for it, free of charge.',
    },
    { french: 'Une copie intégrale, si Madeleine Delannoy la demande elle-même.' },
  ],
  officer: { name: 'Hélène Vandenbroucke', quality: 'L’officier de l’état civil, par délégation du maire' },
  appeal,
  service,
}

export const requestReceipt: CivilRequestReceiptView = {
  number: 'K7QF2MXA9PTR',
  receivedAt: '2026-11-23T09:20:00Z',
  applicant: 'M. Émile Ozdemir',
  asked: { ...asked, copies: 1, form: 'with-parentage' },
  delivery: 'collection',
  clerk: 'Mme Petit',
  mandate: 'M. Ozdemir est venu au guichet et a demandé qu’on écrive pour lui',
  service,
  answerBefore: '2026-12-15',
  followPage: 'https://guichet.valmont.example/etat-civil/suivi/3f9c2b7a1d',
  missing: [],
}

export const birth: BirthAct = {
  kind: 'birth',
  date: '1931-05-12',
  time: '06:30',
  place: 'Valmont (Nord), 14 rue du Moulin',
  person: { firstNames: 'Madeleine Rose Lucie', lastName: 'Delannoy' },
  sex: 'F',
  parents: [
    {
      role: 'father',
      firstNames: 'Auguste Joseph',
      lastName: 'Delannoy',
      birth: { date: '1901-03-01', place: 'Valmont (Nord)' },
      occupation: 'mineur',
      domicile: 'Valmont, 14 rue du Moulin',
    },
    {
      role: 'mother',
      firstNames: 'Rose',
      lastName: 'Carlier',
      birth: { date: '1904-11', place: 'Douai (Nord)' },
      occupation: 'couturière',
      domicile: 'Valmont, 14 rue du Moulin',
    },
  ],
  declaredBy: 'du père',
}

export const marriage: MarriageAct = {
  kind: 'marriage',
  date: '1955-06-04',
  time: '10:00',
  place: 'Valmont (Nord)',
  spouses: [
    {
      firstNames: 'Madeleine Rose Lucie',
      lastName: 'Delannoy',
      sex: 'F',
      birth: { date: '1931-05-12', place: 'Valmont (Nord)' },
      occupation: 'institutrice',
      domicile: 'Valmont',
      parents: birth.parents,
      nameAfter: 'Delannoy épouse Łukasiewicz',
    },
    {
      firstNames: 'Stanisław Józef',
      lastName: 'Łukasiewicz',
      sex: 'M',
      birth: { date: '1929', place: 'Częstochowa (Pologne)' },
      occupation: 'mécanicien',
      domicile: 'Lille (Nord)',
      parents: [{ role: 'mother', firstNames: 'Zofia', lastName: 'Łukasiewicz' }],
    },
  ],
  contract: 'aucun contrat, selon la déclaration des époux',
  witnesses: ['Paul Carlier, menuisier', 'Anna Dąbrowska, infirmière'],
}

export const death: DeathAct = {
  kind: 'death',
  date: '2019-02-01',
  time: '21:01',
  place: 'Valmont (Nord)',
  person: { firstNames: 'Stanisław Józef', lastName: 'Łukasiewicz' },
  sex: 'M',
  birth: { date: '1929', place: 'Częstochowa (Pologne)' },
  occupation: 'retraité',
  domicile: 'Valmont, 3 allée des Tilleuls',
  parents: [{ role: 'mother', firstNames: 'Zofia', lastName: 'Łukasiewicz' }],
  spouse: { firstNames: 'Madeleine Rose Lucie', lastName: 'Delannoy' },
  declaredBy: 'de Jan Łukasiewicz, fils du défunt',
}

export const recognition: RecognitionAct = {
  kind: 'recognition',
  date: '1998-08-30',
  place: 'Valmont (Nord)',
  child: {
    firstNames: 'Ayşe Gülnihal',
    lastName: 'Özdemir',
    sex: 'F',
    birth: { date: '1998-08-21', place: 'Valmont (Nord)' },
  },
  parents: [
    { role: 'father', firstNames: 'İbrahim', lastName: 'Özdemir', birth: { date: '1970', place: 'Iğdır (Turquie)' } },
  ],
}

/** What every printed act has besides the act. */
export const certified = {
  register: { year: 1931, number: '147' },
  issuedOn: '2026-11-26',
  officer: { name: 'Hélène Vandenbroucke', quality: 'L’officier de l’état civil, par délégation du maire' },
  information: false,
}

export const NOTES = [
  'Mariée à Valmont (Nord) le 4 juin 1955 avec Stanisław Józef Łukasiewicz. Le 6 juin 1955. L’officier de l’état civil.',
  'Décédée à Lille (Nord) le 2 janvier 2020. Mention apposée le 8 janvier 2020.',
]

export const birthCopy: CivilRecordView = { ...certified, form: 'full-copy', act: birth, marginalNotes: NOTES }

/** An act of which the clerk transcribed the text, with notes that fill more than a page. */
export const longCopy: CivilRecordView = {
  ...certified,
  register: { year: 1931, number: '147 bis', volume: 'Sainte-Thérèse, second volume' },
  form: 'full-copy',
  act: { kind: 'birth', names: [birth.person] },
  text: [
    'L’an mil neuf cent trente et un, le douze mai, à six heures trente minutes du matin, est née au domicile de ses père et mère, rue du Moulin, numéro quatorze, Madeleine Rose Lucie, du sexe féminin, de Auguste Joseph Delannoy, âgé de trente ans, mineur, et de Rose Carlier, âgée de vingt-six ans, couturière, son épouse, demeurant à Valmont.',
    'Dressé le treize mai mil neuf cent trente et un, à neuf heures, sur la déclaration du père, en présence de Louis Carlier, quarante ans, menuisier, et de Jules Petit, cinquante ans, cabaretier, demeurant à Valmont, qui, lecture faite, ont signé avec nous, Achille Dubois, maire de Valmont.',
  ],
  marginalNotes: Array.from({ length: 24 }, (_, i) => `${NOTES[i % 2]} Rectification n° ${i + 1}.`),
}

export const withParentage: CivilRecordView = {
  ...certified,
  form: 'with-parentage',
  act: birth,
  marginalNotes: NOTES,
}

export const marriageExtract: CivilRecordView = {
  ...certified,
  register: { year: 1955, number: '31' },
  form: 'with-parentage',
  act: marriage,
  marginalNotes: [],
}

export const information: CivilRecordView = { ...birthCopy, information: true }

export const multilingualBirth: CivilRecordView = {
  ...certified,
  form: 'multilingual',
  act: birth,
  events: [
    {
      sign: 'Mar',
      date: '1955-06-04',
      place: 'Valmont',
      spouse: { firstNames: 'Stanisław Józef', lastName: 'Łukasiewicz' },
    },
    { sign: 'D', date: '2020-01', place: 'Lille' },
  ],
}

export const multilingualMarriage: CivilRecordView = { ...certified, form: 'multilingual', act: marriage, events: [] }
export const multilingualDeath: CivilRecordView = { ...certified, form: 'multilingual', act: death, events: [] }

export const batch: CivilBatchView = {
  printedAt: '2026-11-26T08:00:00Z',
  twoSided: false,
  requests: [
    {
      number: 'K7QF2MXA9PTR',
      applicant: 'Aïssatou Diallo',
      delivery: 'post',
      parts: [
        { kind: 'civil-cover-letter', language: 'fr', view: coverLetter },
        { kind: 'civil-record', view: birthCopy, copies: 2 },
      ],
    },
    {
      number: 'B3ZZ8HWD4CVN',
      applicant: 'Jörg Dąbrowski-Lefèvre',
      delivery: 'post',
      parts: [
        {
          kind: 'civil-cover-letter',
          language: 'en',
          view: { ...coverLetter, number: 'B3ZZ8HWD4CVN', to: abroad, enclosed: [{ ...asked, form: 'multilingual' }] },
        },
        { kind: 'civil-record', view: multilingualBirth, copies: 1 },
      ],
    },
    {
      number: 'T2RR5LGA7KXE',
      applicant: 'Émile Ozdemir',
      delivery: 'collection',
      parts: [{ kind: 'civil-record', view: withParentage, copies: 3 }],
    },
  ],
}
