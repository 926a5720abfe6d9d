"""Which words tell which kind of fact about a person, and which only sound as if they did."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Mapping

from sayso.checks.late import Late
from sayso.checks.plain_words import PIECE, PIECE_ABROAD, any_of

GENERIC = any_of(
    rf"(?:find|design|create|discover|choose|pick out|build|imagine|shop for|meet|treat (?:yourself )?to|customi[sz]e|get|win) your (?:[\w-]+ ){{0,3}}(?:{PIECE})",
    rf"your (?:[\w-]+ )?(?:dream|perfect|ideal|own|next|future|favou?rite|forever|old|unwanted) (?:[\w-]+ ){{0,2}}(?:{PIECE})|any of your (?:{PIECE})|(?:all|care for|store|clean) your (?:{PIECE})(?= at home|[.!?]|$)",
    r"(?:create|start|make|build|set up|open|share|update) (?:an?|your)(?: \w+){0,2} (?:wish ?-?list|account)|(?:add|save)(?: \S+){0,3} to your (?:wish ?-?list|favou?rites)",
    r"(?:book|schedule|make|reserve|request|arrange)(?: now| yours?)?(?: an?| your)(?: [\w-]+){0,3} (?:appointment|consultation|viewing|fitting)|by appointment(?: only)?|no appointment (?:needed|necessary)|appointments? (?:available|welcome|only)",
    r"(?:we (?:also )?(?:offer|do|provide)|our|expert|free|jewell?ery|watch|in-?house|professional)(?: [\w-]+){0,2} (?:repairs?|resizing|engraving|restringing)(?: (?:services?|and \w+|department|team))?",
    r"our (?:[\w-]+ ){0,3}anniversary|anniversary (?:sale|event|gifts?|collection|bands?|rings?)|(?:birthday|anniversary|wedding|engagement|bridal|valentine'?s?) (?:gifts?|season|collection|event|show|fair|rings|bands|jewell?ery|sale|guide|styles|trends)",
    r"(?:for|surprise|spoil|treat) (?:the|your) (?:loved ones?|special someone|valentine|someone special)",
    r"(?:rings?|bands?|necklaces?|earrings|watches|jewell?ery|pieces|styles|gifts?|prices?|designs)(?: \w+){0,2} (?:from|under|below|at|for|starting at|starting from|as low as) [$€£₹] ?[\d.,]+|(?:save|spend|from|under|over|up to|only|just|worth|starting at) [$€£₹] ?[\d.,]+|[$€£₹] ?[\d.,]+ (?:off|gift|voucher|credit|or more|and up)",
    r"(?:customers|people|others|clients|shoppers) who (?:also )?(?:bought|purchased|own|loved)|unsubscribe|reply stop|no purchase (?:necessary|required)|with (?:any|every|your next|a) purchase|(?:any|every|your next|first) (?:purchase|order)|lost in|never lose|don't lose|lost for words",
    r"(?:order|buy|shop) (?:now|today|online|yours)|order by|in order to|order before|free (?:shipping|delivery)",
)  # fmt: skip
"""What a shop says to everybody; taken out before the rest is read."""

SIGN_TELLS: Mapping[str, frozenset[str]] = {
    "appointment": frozenset({"appointment"}),
    "receipt": frozenset({"purchase"}),
    "order_status": frozenset({"purchase"}),
    "repair_ready": frozenset({"repair"}),
    "repair_problem": frozenset({"repair", "loss"}),
    "wishlist_hint": frozenset({"wishlist"}),
    "wishlist_reminder": frozenset({"wishlist"}),
    "birthday": frozenset({"birth_date"}),
    "anniversary": frozenset({"relationship", "date"}),
    "payment_reminder": frozenset({"debt"}),
    "complaint_followup": frozenset({"complaint"}),
    "condolence_sensitive": frozenset({"loss", "relationship"}),
}
"""What a text tells that shows what it is for."""

_BRIDE = r"engagement|wedding|bridal|bride|groom|honeymoon|propos(?:al|ed?|ing)|engaged|newlyweds?"
WORDS: Mapping[str, Late] = {
    "account": any_of(
        r"(?:verification|security|login|access|one[ -]time|sign-?in|confirmation) code|your (?:[\w&'.-]+ ){0,3}code|passcode|your (?:new )?password|(?:sign|log)(?:ged)? ?-?in (?:to|from|attempt)|your account|otp|(?:su|tu) (?:codigo|cuenta)|votre (?:code|compte)|ihr (?:code|konto)|code is \d{4,8}",
        abroad=r"ओटीपी|आपका कोड|رمز التحقق|رمزك|حسابك",
    ),
    "appointment": any_of(
        r"your (?:[\w-]+ ){0,3}(?:appointments?|consultations?|fittings?|viewing|booking|visit (?:on|at|tomorrow|today))|see you (?:on|at|today|tomorrow|tonight|this|next|mon|tue|wed|thu|fri|sat|sun)\w*|(?:su|tu) cita|votre rendez-vous|(?:ihr|dein) termin",
        abroad=r"आपक[ाी] अपॉइंटमेंट|موعدك",
    ),
    "purchase": any_of(
        rf"your (?:[\w-]+ ){{0,4}}(?:purchases?|orders?|layaway|receipt|invoice|parcel|package|delivery)|your new (?:[\w-]+ ){{0,3}}(?:{PIECE})|orders? (?:#|no|number|nr)\.? ?#?\w*\d|order \w*\d\w*|#\d{{3,}}",
        rf"you(?:'ve| have|'d| had)?(?: just| recently| also)? (?:bought|purchased|ordered|picked out|paid for|chose|selected)|(?:the|this) (?:\S+ ){{0,3}}(?:{PIECE}) (?:that )?(?:you|he|she|\w+) (?:bought|ordered|purchased|chose|picked|paid)|(?:has|have|just|he|she|\w+ed) (?:bought|purchased|ordered|picked up) (?:you|the|a|an|your|something)|(?:was|been|is|already|just|now) (?:bought|purchased|sold|reserved|picked up|paid for)",
        rf"(?:thank(?:s| you)) for (?:shopping|buying|purchasing|ordering|your business|choosing us)|welcome to ownership|proof of purchase|certificate of (?:authenticity|purchase)|(?:surprise|secret) (?:\w+ )?(?:{PIECE}|gift|purchase|purchase)|(?:special )?order (?:has|is|was)|(?:has|have) shipped|out for delivery|(?:bought|purchased) (?:by|for|from)",
        rf"\w+ (?:bought|purchased|ordered|picked(?: out| up)?|chose|paid for|got|reserved) (?:you |her |him )?(?:the|a|an|your|that|this|something)(?: [\w'.-]+){{0,3}} (?:{PIECE}|gift|surprise)|(?:bought|got|ordered) you",
        r"(?:su|tu) (?:\w+ )?(?:compra|pedido|factura|recibo|nuev[oa])|gracias por (?:su|tu) compra|compr(?:o|aste|ada|ado)|votre (?:\w+ )?(?:achat|commande|colis|recu|facture|nouvelle?)|(?:avez|a) (?:achete|commande)|(?:ihre?n?|deine?n?) (?:einkauf|kauf|bestellung|paket|rechnung|neuer?)|gekauft|bestellt",
        abroad=r"आपक[ाीे] (?:खरीदारी|ऑर्डर|नई|नया)|खरीदा|खरीदी|रसीद|مشترياتك|شرائك|طلبك|اشترى|اشتريت",
    ),
    "item": any_of(
        rf"(?:the|this|that) (?:[\w'.-]+ ){{0,3}}(?:{PIECE}) (?:is|has|have|are|you|we|he|she|that|from|arrived|looks|was|will|fits|in)|(?:{PIECE}) (?:#|no\.?|number|ref\.?|sku)? ?\d{{3,}}|\d(?:[.,]\d+)? ?(?:ct|carats?)|size \d|(?:bought|picked(?: up| out)?|chose|ordered|reserved|purchased|sold|got) (?:you |her |him )?(?:the|a|an|your|that|this) (?:[\w'.-]+ ){{0,3}}(?:{PIECE})|engrav(?:ing|ed|e)|inscription|(?:it|they) (?:is|are) ready|(?:it|they)'(?:s|re) ready",
        rf"(?:el|la|los|las) (?:{PIECE}) (?:esta|ha|que|fue)|(?:la|le|les) (?:{PIECE}) (?:est|a|que|sont)|(?:der|die|das) (?:{PIECE}) (?:ist|liegt|wurde)|grabado|gravure|gravur",
        abroad=rf"आपक[ाीे] (?:\S+ )?(?:{PIECE_ABROAD})|خاتمك|قلادتك|سوارك|أقراطك|ساعتك|مجوهراتك|عقدك",
    ),
    "repair": any_of(
        r"your (?:\w+ )?job|work on your|(?:your|the|this|in for|after|under) (?:[\w-]+ ){0,3}(?:repairs?|resizing|re-?sizing|restoration|soldering|alteration|re-?plating)|repair (?:#|no|number|ticket|estimate|is|has|was|will|tag|order)|(?:been|was|is|were|are|got|be|we|being|now) (?:\w+ )?(?:repaired|resized|soldered|restored|re-?tipped|re-?plated|restrung|mended|fixed)|(?:at|with|to|on) (?:the|our) (?:bench|goldsmith|workshop|watchmaker)|(?:su|la|tu) (?:reparacion|arreglo)|reparad[oa]|(?:votre|la) reparation|reparee?|(?:ihre|die) reparatur|repariert",
        abroad=r"मरम्मत|إصلاح|تصليح",
    ),
    "loss": any_of(
        r"(?:your|the|a|centre|center|side|main) (?:\w+ )?(?:stone|diamond|prong|pearl|ring|clasp|chain|sapphire|ruby|emerald)(?: \S+){0,4}? (?:chipped|cracked|lost|missing|damaged|broken|broke|fell out|stolen)|(?:chipped|cracked|damaged|broken|lost|missing|stolen) (?:\w+ )?(?:stone|diamond|prong|pearl|ring|clasp|chain|sapphire|piece)|(?:your|this|the) (?:\w+ )?loss|passed away|bereave\w*|insurance claim|robbery|burglary|(?:piedra|diamante)(?: \S+){0,4}? (?:rot[oa]|danad[oa]|perdid[oa])|perdida|fallec\w+|deces|verstorben",
        abroad=r"टूट|खो गय|كسر|انكسر|فقدان",
    ),
    "debt": any_of(
        r"(?:you|still) owe|(?:past|over) ?due|(?:outstanding|unpaid|remaining|open|current|your|layaway) (?:\w+ )?balance|balance (?:of|due|owing|remaining)|(?:layaway|your|next|final|monthly|missed|late) (?:\w+ )?(?:payments?|instal?lments?)(?! (?:has been|was) received)|payment (?:plan|declined|failed|is due|due)|collections? (?:agency|notice)|financing (?:account|payment)|credit limit|unpaid|saldo (?:pendiente|vencido)|solde du|reste a payer|mahnung|zahlungserinnerung",
        abroad=r"बकाया|किस्त|مستحق|متأخر",
    ),
    "date": any_of(
        rf"(?:your|the|his|her|their) (?:\w+ )?(?:(?:wedding|proposal|engagement|big|special) (?:day|date|dinner|night)|anniversary)|(?:{_BRIDE}) (?:day|date|on|is on)|hochzeitstag|aniversario|anniversaire de mariage",
        abroad=r"सालगिरह|वर्षगांठ|زواجكم|ذكرى زواج",
    ),
    "birth_date": any_of(
        r"your (?:\w+ )?(?:birthday|birth ?day|date of birth)|birthday (?:month|girl|boy)|turn(?:ing|ed|s) \d\d|(?:su|tu) cumple\w*|(?:votre|ton) anniversaire(?! de)|(?:ihr|dein)\w* geburtstag",
        abroad=r"जन्मदिन|عيد ميلادك",
    ),
    "relationship": any_of(
        rf"your (?:\w+ )?(?:wife|husband|spouse|partner|fiancee?|girlfriend|boyfriend|bride|groom|better half|other half|in-laws|marriage|mother|father|mom|mum|dad|daughter|son|sister|brother|family member|couple)|(?:you two|both of you|the two of you|you both)|mr\.? (?:and|&|\+) mrs|(?:your|the|on your|with your|ready to) (?:\w+ )?(?:{_BRIDE})(?! (?:season|show|fair|event|collection|bands|rings|gifts))|(?:she|he|they)(?:'ll| will| would| has)? (?:said yes|never guess)|pop(?:ping)? the question|ask(?:ing)? (?:her|him|them) to marry|will you marry|just married|divorc\w*|widow\w*|separat(?:ed|ion) from",
        r"(?:su|tu) (?:espos[oa]|marido|mujer|pareja|novi[oa]|prometid[oa]|boda|compromiso)|(?:votre|ton|ta) (?:femme|mari|epou[sx]e?|fiancee?|conjointe?|mariage|fiancailles)|(?:ihre?[rnm]?|deine?[rnm]?) (?:frau|mann|ehemann|ehefrau|verlobte\w*|partner\w*|hochzeit|verlobung)",
        abroad=r"आपक[ाीे] (?:पत्नी|पति|मंगेतर|शादी|सगाई)|زوجتك|زوجك|خطيبتك|خطيبك|زفافك|خطوبتك",
    ),
    "wishlist": any_of(
        r"(?:your|her|his|their|[\w-]+'s|the|a|shared|from|on) (?:\w+ )?(?:wish ?-?list|favou?rites list|saved items)|(?:dropped|drop|left|sent)(?: \w+){0,2} hint|lista de (?:deseos|favoritos)|liste (?:d'envies|de souhaits)|wunschliste\w*",
        abroad=r"विशलिस्ट|इच्छा सूची|पसंद सूची|قائمة (?:أمنيات|رغبات)",
    ),
    "address": any_of(
        r"your (?:new |home |delivery |shipping |mailing |billing |postal |office |work )?address|(?:ship\w*|deliver\w*|sent|mail\w*|moved?)(?: \w+){0,3} (?:to|at) (?:your (?:home|house|door|office|work|neighbou?r)|\d{1,5} [\w.]+)|(?:su|tu) (?:direccion|domicilio)|votre (?:adresse|domicile)|(?:ihre|deine) (?:adresse|anschrift)",
        abroad=r"आपक[ाेी] (?:पत[ाे]|घर)|عنوانك",
    ),
    "complaint": any_of(
        r"your (?:\w+ )?(?:complaint|dissatisfaction|disappointment|grievance|claim)|you (?:complained|reported)|(?:case|complaint) (?:#|no|number) ?\w+|refund (?:request|is|has|for)|(?:su|tu) (?:queja|reclamacion)|votre (?:reclamation|plainte)|(?:ihre|deine) (?:beschwerde|reklamation)",
        abroad=r"शिकायत|شكواك|شكوى",
    ),
}
"""What words tell of themselves, whatever the message is for."""

MONEY = Late(
    r"(?:[$€£₹]|usd|eur|gbp|rs\.?|aed) ?\d[\d.,]*|\d[\d.,]* ?(?:[€£₹]|usd|eur|gbp|dollars?|euros?|rupees|dirhams?)"
)
PRICED = frozenset({"purchase", "item", "repair", "debt"})
"""An amount beside one of these is what somebody paid, or owes."""

SENDER_TELLS: Mapping[str, Late] = {
    "purchase": Late(r"bridal|brides?\b|wedding|engagement|proposal|novias?\b|bodas?\b|mariage|fian[cç]aill|hochzeit|braut|trauring"),
    "repair": Late(r"repairs?\b|workshop|reparaci|r[eé]paration|reparatur"),
    "debt": Late(r"credit control|accounts? receivable|collections? (?:dep|team|desk)|billing|payments?\b|layaway|mahn"),
    "wishlist": Late(r"wish ?-?list"),
    "complaint": Late(r"complaint|claims? (?:desk|team)"),
}  # fmt: skip
"""A sender's name on a lock screen: who hears from a bridal desk is known to have bought, or to be about to."""
