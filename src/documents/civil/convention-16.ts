// What the convention n° 16 of the International Commission on Civil Status (Vienna, 8 September 1976) prints on its
// forms A, B and C: signs and references in the languages of its article 6. A treaty's words, not the town's to
// change or to translate: they are no locale's.

/** French first, English, then the languages of the states that were members when it was signed. */
export const TONGUES = ['fr', 'en', 'de', 'es', 'el', 'it', 'nl', 'pt', 'tr', 'hr'] as const
export type Tongue = (typeof TONGUES)[number]
/** The same words in each of the languages, in their order. */
export type InAll = readonly [
  fr: string,
  en: string,
  de: string,
  es: string,
  el: string,
  it: string,
  nl: string,
  pt: string,
  tr: string,
  hr: string,
]

/** On the front: the issuing state's language, which is French here, and two that most offices read (art. 6). */
export const FRONT = ['fr', 'en', 'de'] as const satisfies readonly Tongue[]

/** The signs of article 5 and what they mean, in all languages. */
export const SIGNS: Readonly<Record<string, InAll>> = {
  Jo: ['Jour', 'Day', 'Tag', 'Día', 'Ημέρα', 'Giorno', 'Dag', 'Dia', 'Gün', 'Dan'],
  Mo: ['Mois', 'Month', 'Monat', 'Mes', 'Μην', 'Mese', 'Maand', 'Mês', 'Ay', 'Mjesec'],
  An: ['Année', 'Year', 'Jahr', 'Año', 'Έτος', 'Anno', 'Jaar', 'Ano', 'Yıl', 'Godina'],
  M: [
    'Masculin',
    'Masculine',
    'Männlich',
    'Masculino',
    'Άρρεν',
    'Maschile',
    'Mannelijk',
    'Masculino',
    'Erkek',
    'Muški',
  ],
  F: ['Féminin', 'Feminine', 'Weiblich', 'Femenino', 'Θήλυ', 'Femminile', 'Vrouwelijk', 'Feminino', 'Kadın', 'Ženski'],
  Mar: [
    'Mariage',
    'Marriage',
    'Eheschließung',
    'Matrimonio',
    'Γάμος',
    'Matrimonio',
    'Huwelijk',
    'Casamento',
    'Evlenme',
    'Zaključenje braka',
  ],
  Sc: [
    'Séparation de corps',
    'Legal separation',
    'Trennung von Tisch und Bett',
    'Separación personal',
    'Χωρισμός από τραπέζης και κοίτης',
    'Separazione personale',
    'Scheiding van tafel en bed',
    'Separação de pessoas e bens',
    'Ayrılık',
    'Rastava od stola i postelje',
  ],
  Div: [
    'Divorce',
    'Divorce',
    'Scheidung',
    'Divorcio',
    'Διαζύγιον',
    'Divorzio',
    'Echtscheiding',
    'Divórcio',
    'Boşanma',
    'Razvod braka',
  ],
  A: [
    'Annulation',
    'Annulment',
    'Nichtigerklärung',
    'Anulación',
    'Ακύρωσις',
    'Annullamento',
    'Nietigverklaring',
    'Anulação',
    'Butlan',
    'Poništenje',
  ],
  D: ['Décès', 'Death', 'Tod', 'Defunción', 'Θάνατος', 'Morte', 'Overlijden', 'Óbito', 'Ölüm', 'Smrt'],
  Dm: [
    'Décès du mari',
    'Death of the husband',
    'Tod des Ehemanns',
    'Defunción del marido',
    'Θάνατος του ανδρός',
    'Morte del marito',
    'Overlijden van de man',
    'Óbito do marido',
    'Kocanın ölümü',
    'Smrt muža',
  ],
  Df: [
    'Décès de la femme',
    'Death of the wife',
    'Tod der Ehefrau',
    'Defunción de la mujer',
    'Θάνατος της γυναικός',
    'Morte della moglie',
    'Overlijden van de vrouw',
    'Óbito da mulher',
    'Karının ölümü',
    'Smrt žene',
  ],
}

/** The heading above the signs. */
export const SIGNS_TITLE: InAll = [
  'Symboles',
  'Symbols',
  'Zeichen',
  'Símbolos',
  'Σύμβολα',
  'Simboli',
  'Symbolen',
  'Símbolos',
  'İşaretler',
  'Simboli',
]

/** Under what treaty the extract is issued: on the back of each. */
export const REFERENCE: InAll = [
  'Extrait délivré en application de la convention signée à Vienne le 8 septembre 1976',
  'Extract issued in pursuance of the Convention signed at Vienna on 8 September 1976',
  'Auszug, ausgestellt gemäß dem am 8. September 1976 in Wien unterzeichneten Übereinkommen',
  'Extracto expedido en aplicación del Convenio firmado en Viena el 8 de septiembre de 1976',
  'Απόσπασμα χορηγούμενον κατ’ εφαρμογήν της Συμβάσεως της υπογραφείσης εν Βιέννη την 8 Σεπτεμβρίου 1976',
  'Estratto rilasciato in applicazione della convenzione firmata a Vienna l’8 settembre 1976',
  'Uittreksel afgegeven ter uitvoering van de overeenkomst ondertekend te Wenen op 8 september 1976',
  'Extracto emitido em aplicação da Convenção assinada em Viena a 8 de Setembro de 1976',
  '8 Eylül 1976 tarihinde Viyana’da imzalanan sözleşme uyarınca verilen kayıt örneği',
  'Izvadak izdan na temelju Konvencije potpisane u Beču 8. rujna 1976.',
]

/** Articles 3, 4, 5 and 7 in short, as article 6 wants them on the back, in the language of the issuing state. */
export const SUMMARY: readonly string[] = [
  'Les inscriptions sont écrites en caractères latins d’imprimerie ; elles peuvent en outre être écrites dans les caractères de la langue qui a été utilisée pour la rédaction de l’acte auquel elles se réfèrent.',
  'Les dates sont inscrites en chiffres arabes indiquant successivement, sous les symboles Jo, Mo et An, le jour, le mois et l’année. Le jour et le mois sont indiqués par deux chiffres, l’année par quatre chiffres. Les neuf premiers jours du mois et les neuf premiers mois de l’année sont indiqués par des chiffres allant de 01 à 09.',
  'Le nom de tout lieu mentionné dans un extrait est suivi du nom de l’État où ce lieu est situé, chaque fois que cet État n’est pas celui où l’extrait est délivré.',
  'Pour indiquer le sexe sont exclusivement utilisés les symboles suivants : M = masculin, F = féminin.',
  'Pour indiquer le mariage, la séparation de corps, le divorce, l’annulation du mariage, le décès du titulaire de l’acte de naissance ainsi que le décès du mari ou de la femme, sont exclusivement utilisés les symboles suivants : Mar, Sc, Div, A, D, Dm et Df. Ces symboles sont suivis de la date et du lieu de l’événement. Le symbole Mar est en outre suivi des nom et prénoms du conjoint.',
  'Si le libellé de l’acte ne permet pas de remplir une case ou une partie de case de la formule, cette case ou partie de case est rendue inutilisable par des traits.',
]
