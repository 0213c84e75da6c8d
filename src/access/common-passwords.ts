/**
 * Passwords of twelve letters or more that everybody tries first, without capitals, accents, spaces or signs, and without
 * the figures at their end. Shorter ones are refused for their length.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  motdepasse motdepassemotdepasse monmotdepasse monmotdepasseamoi nouveaumotdepasse lemotdepasse motdepassesecret
  motdepassefacile changezmoi changezmoimaintenant changeme changemenow bonjour bonjourbonjour bonjouratous
  bonjourtoutlemonde salutsalut salutlesamis jetaime jetaimejetaime jetaimemonamour monamour monamourpourlavie mamanpapa
  papamaman papaetmaman mamanjetaime papajetaime mesenfants mesenfantscheris loulouloulou doudoudoudou soleilsoleil
  chocolatchocolat chocolat vacances vacancesvacances cantine cantinescolaire lacantinescolaire ecole ecoleprimaire
  ecolematernelle mairie mamairie villedevalmont valmont guichet guichetenligne famille mafamille portailfamille
  monportailfamille connexion inscription identifiant utilisateur administrateur administrator administration
  azertyuiop azertyuiopqsdfghjklm azertyuiopqs azertyazerty azerty qwertyuiop qwertyuiopasdfghjkl qwertyuiopas
  qwertyqwerty qwerty azeqsdwxc azqswxedc aqwzsxedcrfv aqwzsxedc wxcvbn azertyqwerty qwertyazerty poiuytreza
  password passwordpassword mypassword mypasswordis thisismypassword newpassword yourpassword passwordsecret secretpassword
  password123password letmein letmeinletmein letmeinplease welcome welcomewelcome welcomehome iloveyou iloveyouiloveyou
  iloveyousomuch iloveyoubaby sunshine sunshinesunshine princess princessprincess football footballfootball
  superman supermansuperman monkeymonkey dragondragon trustno trustnoone whatever whateverwhatever
  correcthorsebatterystaple abcdefghijkl abcdefghijklm abcdefghijklmnop abcdefghijklmnopqrstuvwxyz abcabcabcabc
  abcdabcdabcd abcdefabcdef aabbccddeeff testtesttest testtest adminadmin adminadminadmin rootrootroot
  marseille olympiquedemarseille parissaintgermain allezlesbleus vivelafrance liberteegalitefraternite
  douceurdevivre anniversaire joyeuxanniversaire bonneannee joyeuxnoel pokemonpokemon dragonballz
  123456789012 1234567890123 12345678901234 123456789012345 1234567890123456 123123123123 123412341234 123456123456
  1234567891234567 12345678910 1234567891011 098765432109 987654321098 111222333444 112233445566 121212121212
  010203040506 000000000000 123456789abc abc123456789 a1b2c3d4e5f6 a1z2e3r4t5y6 1a2z3e4r5t6y 1q2w3e4r5t6y 1qaz2wsx3edc
  azerty123456 azerty1234567 123456azerty qwerty123456 123456qwerty motdepasse123456
  `
    .trim()
    .split(/\s+/),
)
