const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Words that end or begin the name of an organisation. */
export const organisationWords = set(
  `gmbh ag inc llc ltd corp corporation plc kg bv company group holdings university universität college school institute
   hospital clinic klinik bank versicherung insurance foundation association council ministry department agency labs
   laboratories studio studios airlines airways telekom telecom energy consulting solutions systems software technologies
   partners brothers museum library pharmacy apotheke press club orchestra church society union federation commission bakery
   restaurant hotel logistics stadtwerke sparkasse verein bundesbank motors electric`,
);

/** Words that end, or begin, the name of a place. */
export const placeWords = set(
  `street straße strasse avenue road lane square platz park airport flughafen station bahnhof bridge lake river island bay
   beach valley mountain mount county district harbour harbor port garden gardens gate allee weg gasse hill tower castle`,
);

/** Verbs, in their base form, whose subject is a person as a rule. */
export const humanVerbs = set(
  `say write call ask tell send want need move book pay reply confirm agree think like love hate visit meet join leave suggest
   recommend invite promise remind email phone text apologise apologize thank sign approve reject complain propose teach marry
   live bake cook play sing drive borrow lend forget remember prefer turn celebrate work resign study arrive fix fly review
   present organise organize cancel`,
);

/** Verbs and words that a person follows as a rule. */
export const beforePerson = set(
  `call ask tell email phone text meet met remind thank invite visit called asked told met invited thanked emailed texted
   dear hi hello hey mr mrs ms dr prof uncle aunt cousin brother sister mom dad mum colleague friend neighbour neighbor boss
   dentist doctor plumber electrician landlord manager accountant lawyer teacher wife husband son daughter with to by cc`,
);

/** Words that an organisation follows as a rule, and those that a place does. */
export const beforeOrganisation = set(
  `at joined joins joining employer company customer client supplier vendor`,
);
export const beforePlace = set(`in near visiting`);

/** Capitalised words that are no part of a name. */
export const noNames = set(
  `i i'm i'll i've i'd ok okay yes no hi hello hey dear thanks thank please re fwd fw subject from to cc bcc date sent regards best kind
   sincerely cheers happy merry good monday tuesday wednesday thursday friday saturday sunday january february march april may
   june july august september october november december today tomorrow yesterday the a an this that these those it its he she
   we they you my your our his her their and or but if when while after before because since so as at by for in of on with
   not all new old birthday christmas easter year morning evening afternoon night note todo fyi asap error warning info
   debug alert critical api cpu gpu ram ssd hdd disk usb http https html json yaml sql ssh tls ssl dns vpn url pdf csv xml ip id
   os pc tv ac am pm utc cet est gmt eur usd gbp chf kb mb gb tb faq ceo cto cfo hr pr qa it ui ux ai llm ci cd led wifi wlan lan nfs raid
   english german french spanish italian european american british mr mrs ms what who where why how which there here then also
   invoice order meeting appointment reminder report backup service server host unit version release task job mail message
   attached mom dad mum`,
);

/** Lower-case words within a name, as in Ludwig van Beethoven or Bank of England. */
export const particles = set('van von der den de del della di da du la le al el bin ibn zu zur ter ten');

/** Words after which `of` goes on with the name. */
export const beforeOf = set(
  'university bank ministry department bay gulf isle house institute museum school college council city republic port',
);
