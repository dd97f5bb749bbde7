/** A relation of English and its neighbours: the words before it are the thing, those behind it the value. */
const relations: readonly { name?: string; verb: string }[] = [
  {
    name: 'place',
    verb:
      'lives?|live|(?<!(?:was|were|is|are|been) )(?:(?:has|have|had|just) )?moved to|moved from \\S+ to|(?:has )?relocated to' +
      '|wohnt?|wohne|zog nach|zieht nach|habite|vit|vive|vivo|住在|搬到了?',
  },
  {
    name: 'work',
    verb: 'works? (?:at|for|in)|started at|arbeitet? bei|arbeite bei|travaille (?:chez|à)|trabaj[ao] en',
  },
  { name: 'cost', verb: 'costs?|is priced at|kostet|coûte|cuesta' },
  {
    name: 'when',
    verb: 'starts?|begins?|takes place|(?:leaves|departs|arrives|lands)(?= at)|beginnt|findet .{1,20}? statt|commence|empieza',
  },
  {
    name: 'end',
    verb:
      '(?:is|was|has been|got) (?:extended|prolonged|renewed|shortened) (?:until|till|to)|(?:runs|lasts|is valid) (?:until|till)' +
      '|ends?|expires?|runs out|is due|endet|läuft ab|(?:läuft|gilt)(?= bis)|wurde(?= bis .* verlängert)|expire|finit|termina|vence',
  },
  { name: 'name', verb: "(?:is|are) (?:called|named)|hei(?:ß|ss)t|s'appelle|se llama|叫" },
  {
    verb:
      '(?:is|are|was|were|has been|have been|got|has|will be)(?: now| currently)?' +
      ' (?:moved|changed|switched|postponed|put off|brought forward|pushed(?: back)?|delayed|set|rescheduled|raised|lowered|increased|reduced|cut) (?:to|until|till)' +
      '|(?:is|are|was|were|has been|have been)(?: now| currently)?|moved to|changed to|switched to|(?:went (?:up|down)|rose|fell|dropped|increased) to' +
      '|ist|sind|liegt|steht|beträgt|wurde|est|sont|es|está|son|se (?:ha )?(?:cambió|cambiado|movió|movido|pasó|pasado|aplazó|aplazado) al?' +
      '|是|改到了?|改在|改成了?|移到了?|推迟到了?|提前到了?|换成了?|在',
  },
];

/** Their patterns, in the order in which they are tried; groups 1 and 3 are the thing and the value. */
export const relationPatterns = relations.map(({ name, verb }) => ({
  name,
  pattern: /[\u4e00-\u9fff]/u.test(verb)
    ? new RegExp(`^(.{1,80}?)(?:\\s+(?:${latin(verb)})(?:\\s+|$)|(${han(verb)}))(.*)$`, 'iu')
    : new RegExp(`^(.{1,80}?)\\s+(?:${verb})(?:\\s+|$)()(.*)$`, 'iu'),
}));

function latin(verb: string): string {
  return verb
    .split('|')
    .filter((part) => !/[\u4e00-\u9fff]/u.test(part))
    .join('|');
}

function han(verb: string): string {
  return verb
    .split('|')
    .filter((part) => /[\u4e00-\u9fff]/u.test(part))
    .join('|');
}
