import { isFragment } from './finite-verb.ts';

/** What a sentence of the owner does. */
export type Utterance = 'statement' | 'question' | 'greeting' | 'command';

/**
 * What a sentence does, by rules for English, German, French, Spanish, Chinese, Japanese and Arabic. A sentence of another
 * language, or one that no rule knows, is a statement where it has enough words to say something by itself. A few words
 * without a verb ask for what is known of them.
 */
export function utteranceOf(sentence: string): Utterance {
  const straight = sentence.replace(/[‘’]/g, "'");
  const says = straight.replace(openings, '').trim();
  if (isSmallTalk(straight)) return 'greeting';
  if (isQuestion(says)) return 'question';
  if (isCommand(says)) return 'command';
  if (saysLittle(says)) return 'greeting';
  return isFragment(says) ? 'question' : 'statement';
}

/** True where a whole message is a greeting, thanks, or a word of assent. */
export function isSmallTalk(text: string): boolean {
  const words = wordsOf(text);
  if (words.length === 0) return true;
  if (words.length > maxSmallTalkWords) return false;
  return (
    words.every((word) => smallTalk.has(word)) || politeCjk.test(text.trim()) || wishes.test(text.trim())
  );
}

const maxSmallTalkWords = 9;
const minWords = 3;
const minCjkChars = 4;

/** Words before a sentence that do not change what it does. */
const openings =
  /^(?:(?:so|well|and|also|btw|by the way|ok|okay|oh|hey|hi|hello|hm+|now|then|actually|ninjad?|thanks|thank you|thx|moin|hallo|also|und|danke|bonjour|salut|merci|hola|bueno|claro|gracias|好的|那|あの|(?:perfect|great|good idea|nice|cool|excellent|gute idee|super|prima|klasse|parfait|perfecto)(?=[,.!–-]))\b[\s,!.–-]*)+/iu;

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'-]*/gu) ?? [];
}

/** Sentences made of these words alone say nothing that is worth keeping. */
const smallTalk = new Set(
  (
    'hi hello hey yo hiya heya morning evening afternoon night good day welcome back there all everyone ninja ninjad bye goodbye ciao cu ' +
    'see you later soon tomorrow take care too same nice have a great the your weekend rest sleep well enjoy ' +
    'thanks thank thx ty cheers much so very a lot for that it help again really appreciated ' +
    'ok okay k kk yes yep yeah yup no nope nah sure fine right exactly correct true agreed please of course go ahead do ' +
    "cool great perfect excellent awesome wonderful super brilliant amazing lovely sounds looks works is was good now works it's that's " +
    'lol haha hahaha hehe wow oh ah hm hmm mhm oops sorry my bad mistake never mind nevermind whatever forget ping test testing ' +
    'nothing else done got understood noted alright how are doing ' +
    'hallo moin servus grüezi guten tag morgen abend nacht gute tschüss tschüß bis dann später bald schönen schönes feierabend wochenende ' +
    'danke dir ihnen vielen dank sehr lieb gern gerne bitte ja nein doch genau klar stimmt passt prima toll alles gut schon ok noch auch ' +
    "bonjour bonsoir salut coucou merci beaucoup bien oui non d'accord parfait super au revoir bonne journée soirée nuit à demain plaît s'il te vous " +
    'hola buenos días buenas tardes noches gracias muchas de nada sí si vale perfecto genial adiós hasta luego mañana por favor claro ' +
    'مرحبا أهلا السلام عليكم صباح مساء الخير النور شكرا شكراً جزيلا نعم لا حسنا تمام ممتاز مع السلامة من فضلك'
  ).split(' '),
);
const politeCjk =
  /^(?:你好|您好|早上好|早安|晚上好|晚安|再见|谢谢(?:你|您)?|多谢|好的?|可以|是的?|不|不是|不用|对|嗯+|没事|行|おはよう(?:ございます)?|こんにちは|こんばんは|おやすみ(?:なさい)?|ありがとう(?:ございます|ございました)?|はい|いいえ|うん|了解(?:です|しました)?|わかりました|お疲れ(?:様|さま)(?:です|でした)?|さようなら|またね|すみません|ごめん(?:なさい)?)[。！!？?～~、,\s]*$/u;
const wishes =
  /^(?:(?:you too|same to you|and you)[,!. ]*)?(?:have (?:a|an|fun)|enjoy (?:your|the)|sleep well|take care|que tengas?|que tengan|bonne |bon |schönen? |viel (?:spaß|erfolg)|get well)\b[^.?]{0,40}$/iu;

/** Fewer words than a statement has, or nothing but a pointer to what was said before. */
function saysLittle(says: string): boolean {
  const cjk = says.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu,
  );
  if ((cjk?.length ?? 0) >= minCjkChars) return false;
  const words = wordsOf(says);
  return (
    (words.length < minWords && !/\p{N}{2}/u.test(says)) ||
    pointer.test(says) ||
    remark.test(says) ||
    opinion.test(says)
  );
}

const opinion =
  /^(?:i|we) (?:(?:really|do|also|just) )?(?:(?:like|love|hate|see|know|get|got|understand|agree|guess|think|hope|suppose|have (?:seen|done|tried|read)|did|will|don't (?:know|care|mind|understand|get))(?: (?:it|that|this|so|them|you|already|too|why|what you mean))*|have no (?:idea|clue|questions?))[.!]*$/i;
const remark =
  /^(?:that's (?:all|it|enough)|machen wir|could be (?:better|worse)|i mean(?:t)? (?:the|that|this|it)\b|not (?:now|yet|really|bad)\b)[^,;]{0,30}$/i;
const pointer =
  /^(?:it|that|this|these|those|das|es|ça|c'est|eso|esto)(?:'s| is| was| are| ist| war| est)?(?: \S+){0,2}[.!]*$/iu;

function isQuestion(says: string): boolean {
  return /[?？؟]["'”’)»\s]*$/u.test(says) || questions.some((pattern) => pattern.test(says));
}

const questions: readonly RegExp[] = [
  /^(?:what|who|whom|whose|which|why|how)\b(?! (?:i|we|he|she|they|you) )/i,
  /^(?:when|where) (?:is|are|was|were|do|does|did|will|can|could|should|would|has|have|had|am)\b/i,
  /^(?:what|how) (?:i|we|you|they|he|she) (?:can|could|should)\b/i,
  /^(?:is|are|was|were|do|does|did|can|could|will|would|should|shall|may|might|has|have|had|am|isn't|aren't|don't you|doesn't|didn't|can't|couldn't|won't) (?:i|you|he|she|it|we|they|there|this|that|these|those|the|a|an|any|anybody|anyone|my|our|your|his|her|their|everything|everyone|something|\p{L}+ \p{L}+ing)\b/iu,
  /^(?:[Ii]s|[Aa]re|[Ww]as|[Ww]ere|[Dd]oes|[Dd]id|[Cc]an|[Cc]ould|[Ww]ill|[Ww]ould|[Ss]hould|[Hh]as|[Hh]ad|[Ii]sn't|[Dd]oesn't|[Dd]idn't|[Cc]an't|[Ww]on't) \p{Lu}\p{L}+/u,
  /^(?:any|some) (?:news|idea|update|chance|luck)s?\b/i,
  /^(?:is|are) (?:it|there|we)\b/i,
  /^(?:in|on|at|from|to|for|by|with|of|since) (?:what|which|whom|whose)\b/i,
  /^(?:wer|wem|wen|wessen|was|wann|wo|wohin|woher|warum|wieso|weshalb|wie|wieviel|welche[rsnm]?) /i,
  /^(?:ist|sind|war|hat|hast|habe|habt|haben|kann|kannst|können|könnt(?:est|e|en)|weißt|soll|darf|gibt|wird|willst|magst|muss) (?:ich|du|er|sie|es|wir|ihr|man|das|der|die|den|ein|eine|mein|dein|unser|euer|jemand|schon)\b/i,
  /^(?:qui|quand|où|comment|pourquoi|combien|quel(?:le)?s?|est-ce|qu'est|que fait|que dit)(?![\p{L}])/iu,
  /^(?:chi|dove|quando|perché|quanto|quale|cosa|che cosa|quem|onde|quanto|qual|por que|che ore|wie|wat|waar|wanneer|waarom|hoe|welke|kto|gdzie|kiedy|dlaczego|jak|ile|кто|где|когда|почему|как|сколько|что) /iu,
  /^i(?:'m| am)? (?:just )?(?:wonder|wondering|ask myself|want to know|would like to know|'d like to know)\b/i,
  /^(?:i|we) (?:have|have got|'ve got|had) (?:a|another|one more|some) (?:\p{L}+ )?(?:questions?|requests?|favou?r)\b/iu,
  /^\p{L}+-(?:t-)?(?:tu|vous|il|elle|on|je|nous|ils|elles)\b/iu,
  /^(?:¿|qué(?![\p{L}])|quién|cuándo|dónde|cómo|por qué|cuál|cuánt)/iu,
  /(?:吗|呢|谁|什么|怎么|为什么|哪里|哪个|哪儿|几点|多少|是不是|有没有)[^，。]{0,12}$/u,
  /(?:ですか|ますか|ましたか|でしょうか|のか|かな)[。]?$/u,
  /(?:誰|どこ|いつ|なぜ|何|どう|どれ).*か[。]?$/u,
  /^(?:هل|أين|متى|كيف|لماذا|كم|ماذا|ما|من هو|من هي|من (?:لديه|عنده|معه|يملك|كان|قال)|أي) /u,
];

function isCommand(says: string): boolean {
  if (standing.test(says)) return false;
  const asked = says.replace(/^just\b[\s,]*/i, '');
  const bare = asked.replace(/^(?:please|pls|kindly|bitte|por favor|s'il te plaît)\b[\s,]*/i, '');
  if (bare === asked && isNamedLikeVerb(asked)) return false;
  return bare !== asked || commands.some((pattern) => pattern.test(bare)) || takesObject(bare);
}

/** A rule that holds from now on is kept although it commands, and so is what is to be remembered. */
const standing =
  /^(?:please |bitte )?(?:always|never|don't|do not|from now on|in (?:the )?future|going forward|remember(?! to\b)|note\b|keep in mind|for the record|fyi|don't forget(?! to\b)|immer|nie|niemals|merk dir|denk daran|souviens-toi|n'oublie pas|recuerda que|no olvides|记住|请记住|覚えて|تذكر)\b/iu;

const verbs =
  'show|tell|find|check|restart|start|stop|run|write|draft|send|list|open|close|delete|remove|rename|move|copy|create|make|add|update|upgrade|' +
  'install|uninstall|deploy|build|test|fix|repair|search|look|get|fetch|give|print|read|explain|describe|summari[sz]e|translate|convert|compare|' +
  'calculate|compute|count|sort|remind|schedule|cancel|book|order|buy|call|email|mail|post|reply|answer|say|set|change|turn|switch|enable|disable|' +
  'put|take|bring|clean|prune|wipe|reset|reboot|kill|ping|try|do|go|wait|continue|proceed|retry|redo|undo|repeat|help|let|see|use|pick|choose|' +
  'suggest|recommend|propose|plan|prepare|review|proofread|rewrite|correct|edit|format|merge|commit|push|pull|clone|revert|download|upload|save|' +
  'store|backup|back up|restore|export|import|sync|scan|analy[sz]e|investigate|debug|trace|log|monitor|watch|keep an eye|wake|play|pause|mute|ask|' +
  'verify|validate|generate|render|draw|plot|measure|estimate|figure out|work out|think|guess|imagine|pretend|act|forget|ignore|drop|skip|apply|approve|' +
  'reject|archive|unsubscribe|subscribe|register|sign|pay|transfer|renew|replace|insert|append|extract|split|join|shorten|expand|improve|refactor|simplify';
const commands: readonly RegExp[] = [
  new RegExp(
    `^(?:${verbs})(?: (?!(?:is|are|was|were|has|had|will|can|starts?|ends?|costs?|works?)\\b)|[.!,:]|$)`,
    'i',
  ),
  /^(?:(?:i'd|i would|we'd) (?:like|love|need) (?:you )?(?:to|an?|some|the)|i (?:want|need) you to|i (?:want|need) to (?:know|see|have)|let's|lets|can you|could you|would you|will you)\b/i,
  /^(?:zeige?|sag|suche?|schreibe?|schick|sende?|erinnere?|mache?|prüfe?|lies|öffne|schließe?|starte|stoppe?|lösche?|füge?|erstelle?|übersetze?|fasse?|gib|hole?|rufe?|sieh|schaue?|nimm|stelle?|setze?|trage?|bestelle?|buche?|rechne|erkläre?|nenne?|liste|vergleiche?|hilf|versuche?|beantworte|verschiebe?|ändere|räume?|leg|lege|fang|lass|wecke?|bringe?|schalte?|drehe?|kaufe?|drucke?|spiele?|warte?|entferne?|kopiere?|installiere?|aktualisiere?|lade?|beende?|frage?|antworte?|melde?|zähle?|sortiere?|kürze?|korrigiere?|formuliere?) (?!ist\b|sind\b|hat\b)/i,
  /^(?:montre|dis|cherche|trouve|écris|envoie|rappelle|vérifie|ouvre|ferme|supprime|efface|traduis|résume|explique|donne|fais|crée|mets|ajoute|calcule|compare|lance|redémarre|arrête|éteins|allume|coupe|baisse|monte|réveille|aide|liste|réserve|annule|commande)(?:-\p{L}+)?(?: |$)/iu,
  /^(?:muestra|muéstrame|di|dime|busca|encuentra|escribe|envía|recuérdame|comprueba|revisa|abre|cierra|borra|elimina|traduce|resume|explica|explícame|da|dame|haz|hazme|crea|pon|añade|calcula|compara|reinicia|apaga|enciende|sube|baja|para|ayúdame|reserva|cancela|ordena)(?: |$)/i,
  /^(?:请|請|播放|帮我|幫我|给我|告诉我|查一下|提醒我|翻译|打开|关闭|删除|写(?:一|个|封)|列出|搜索|显示|总结|解释|比较)/u,
  /^把.{1,12}(?:关掉|关上|打开|开一下|关|删掉|删除|发给|停掉|放到|加到|改成|调到|写|翻译)/u,
  /(?:て(?:ください|下さい|くれ(?:る)?)?|てほしい|お願いします|ください|頼む|教えて|見せて)[。！!]?$/u,
  /^(?:اعرض|ابحث|اكتب|ذكرني|أرسل|افتح|احذف|ترجم|لخص|قل|أعطني|اشرح|رتب|احجز|أخبرني|أطفئ|شغل|أغلق|أوقف|أضف) /u,
];

/** Nouns that are written like verbs, and a verb of their own behind them: "Book club meets on Tuesdays". */
const namedLikeVerb =
  /^(?:set of|let me know|check engine|(?:book|order|plan|mail|test|call|print|post|watch|run|backup|log|list|move|change|build|deploy|update|reply|answer|cancel|drop|play|pay|sign|water|plant|land|house|ship|open|close|copy|store|clean|light|heat|park|drive|stop|start|turn|switch|put|look|help|support|guest|lock)(?! (?:the|a|an|my|our|your|his|her|their|its|this|that|these|those|it|me|us|him|them|all|every|if|whether|when|what|how|who|where|why|which)\b))(?: (?!that\b|which\b|who\b|if\b|when\b|whether\b|and\b|to\b|because\b)[^\s,;:.]+){0,5}? (?:is|are|was|were|has|had|will|goes|went|comes|came|arrived|arrives|closes|closed|opens|opened|meets|met|starts|started|ends|ended|costs|works|failed|expired|expires|broke|got|takes|needs|changed|moved|uses|runs|belongs|stands|lies|hangs)\b/i;

function isNamedLikeVerb(says: string): boolean {
  return namedLikeVerb.test(says);
}

const determiners =
  'the|a|an|my|our|your|his|her|its|their|all|every|each|both|this|that|these|those|it|them|me|us|him|everything|another';
/** A first word that is followed by its object is a verb, unless it is one of these or a past tense. */
const subjects = new RegExp(
  '^(?:i|we|you|he|she|it|they|there|here|this|that|these|those|who|what|which|when|where|while|if|because|since|as|and|or|but|not|' +
    'in|on|at|by|for|from|with|without|to|of|into|onto|under|over|above|below|behind|beside|between|before|after|until|till|during|about|' +
    'around|near|next|inside|outside|like|than|through|across|along|against|despite|except|besides|only|even|also|both|half|all|most|some|' +
    'such|quite|is|are|was|were|be|am|do|does|did|have|has|had|unfortunately|sometimes|usually|maybe|perhaps|' +
    'sold|bought|gave|got|took|put|went|made|met|saw|found|lost|left|sent|paid|told|said|wrote|read|ran|hid|rang|drank|slept|spent|stole|taught|threw|wore|forgot|heard|chose|booked|broke|built|brought|kept|held|set up|hung|drove|ate|won|let|cut)$|ed$',
  'i',
);
const object = new RegExp(`^(\\p{Ll}+) (?:${determiners})\\b`, 'iu');

function takesObject(says: string): boolean {
  const first = object.exec(says)?.[1];
  return first !== undefined && !subjects.test(first);
}
