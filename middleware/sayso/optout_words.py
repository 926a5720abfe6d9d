"""How people say stop, start and help, as lists: each line is read by `opting_out`, on plain words without accents."""

# ruff: noqa: E501
from __future__ import annotations

# https://help.twilio.com/articles/223134027 and the AWS SMS pages (read 2026-11-22): the carriers' own words
STOP = frozenset(
    """
    stop | stopall | stop all | unsubscribe | cancel | end | quit | revoke | optout | opt out | opt me out | remove
    remove me | arret | arrete | arretez | td | unsub | stopp | stpo | sotp | tsop | stp | stip | sop stop | stopit
    no stop | i said stop | said stop | stop it | stop this | stop that | stop them | quit it | cancle | no more | dnd | do not disturb | do not contact
    do not text | do not message | do not call | fuck off | go away | get lost | piss off | cease | cease and desist
    stop 2 end | stop to end | can you stop | could you stop | will you stop | would you stop | make it stop
    desabonner | desinscrire | stop sms | plus de messages | desinscription
    alto | basta | basta ya | ya basta | baja | de baja | parar | pare | paren | para ya | parenle | paren ya | detener | detengan
    detente | cancelar | cancela | cancele | cancelen | salir | no mas | nomas | ya no | ya no mas | ya no quiero | desuscribir
    desuscribirme | desuscribirse | eliminar | eliminame | eliminenme | borrame | borrenme | quitame | quitenme | saquenme
    sacame | dejame en paz | no molestar | no molesten | no me escriban | no me escriba | no me escribas
    बंद | बंद करो | बंद करें | बंद करे | बंद कीजिए | बंद कीजिये | बंद करिए | बंद कर दो | बंद कर दीजिए | बंद करदो | रोको | रोकें | रोके | रोकिए
    रोक | रोक दो | रोक दीजिए | रोको इसे | बस करो | बस कीजिए | स्टॉप | स्टाप | हटाओ | हटाएं | हटा दो | हटा दीजिए | मत भेजो | मत भेजना
    मत भेजें | मत भेजिए | मत भेजे | अब मत भेजो | अनसब्सक्राइब | रद्द करें | रद्द करो
    band | band karo | band kro | band kar do | band kardo | band kare | band karen | band karein | band kijiye | bandh karo
    bund karo | rok do | roko | rokiye | bas karo | bas kro | mat bhejo | mat bhejna | mat bhejiye | mat bheje | mat bhej
    mat karo message | hatao | hata do | mujhe hatao | mujhe hata do
    توقف | توقفوا | قف | قفوا | وقف | وقفوا | اوقف | اوقفوا | ايقاف | الايقاف | الغاء | الغ | الغي | الغوا | الغاء الاشتراك
    الغاء اشتراك | الغاء اشتراكي | الغ الاشتراك | الغي الاشتراك | كفي | كفايه | يكفي | احذفني | احذفوني | شيلوني | ازيلوني | انهاء
    ستوب | لا ترسل | لا ترسلوا | لا ترسلون | لا ترسلو | لا تراسلني | لا تراسلوني | بس كفايه | حذف | ازاله | لا للرسائل | بطلوا | بطل
    """.replace("\n", "|").split("|")
)
"""A text that is nothing but one of these asks for no more."""

START = frozenset(
    "start|unstop|optin|opt in|iniciar|reanudar|comenzar|empezar|शुरू|शुरू करो|चालू|shuru|ابدا|استيناف".split("|")
)
YES = frozenset("yes|y|yep|yeah|si|हां|हाँ|haan|han|نعم|oui".split("|"))
HELP = frozenset("help|info|ayuda|aide|मदद|सहायता|madad|sahayata|مساعده".split("|"))

NOISE = frozenset(
    """please pls plz plse pleas kindly thanks thank thx ty you now immediately asap already hi hello hey ok okay just
    sir maam madam guys bro dude man lol omg reply text txt send u
    favor por gracias ya hola ahora porfa porfavor
    कृपया प्लीज धन्यवाद अभी जी भाई अब मुझे इसे ये यह सब kripya abhi ji bhai ab mujhe ise ye yeh sab pliz
    من فضلك لو سمحت سمحتم رجاء ارجو ارجوكم شكرا الان الآن يا""".split()
)
"""Words around a single word that change nothing; never taken from a text that is one of the lists' own."""

_ABOUT = r"text|texts|texting|txt|txts|message|messages|messaging|msg|msgs|sms|emails?|emailing|mailing|contacting|contact|calling|calls|writing|bothering|harassing|spamming|spam|promos?|promotions|ads|adverts|notifications|alerts|reminders|sending|texing|texitng|txting"
_PLURAL = r"texts|text messages|texting|txts|messages|msgs|sms|emails|calls|promos|promotions|offers|ads|notifications|alerts|reminders|marketing|spam|updates"
_BETWEEN = r"(?:(?:please|pls|all|any|the|these|those|this|that|your|ur|my|me|us|future|further|more|marketing|promotional|promo|automated|automatic|unwanted|stupid|annoying|fucking|damn|with|getting|receiving|to|from|of|sending|of the) ){0,4}"
_ME = r"(?:me|us|my (?:number|phone|cell)|this (?:number|phone)|here)"
_OTHERS = r"(?:him|her|them|my (?:wife|husband|mother|mom|dad|father|son|daughter|kids?|partner|family))"
_LIST = r"(?:list|lists|database|system|contacts?|records|mailing list|mailings?|marketing|texts|messages|group|distribution|subscription|subscribers|phone ?book|crm)"
_WORDS_MSG = (
    r"(?:मैसेज|मेसेज|मैसेजेज|मेसेजेस|संदेश|सन्देश|एसएमएस|टेक्स्ट|message|messages|msg|msgs|sms|massage|mesage|mesej|text|sandesh)"
)
_AR_MSG = r"(?:ال)?(?:رسائل|رسايل|رساله|مراسله|مراسلات|اشعارات|اعلانات|عروض)\S*"

UNSUB = r"un ?su(?:b[a-z]{1,6}|s?[ck][a-z]{0,4})b[a-z]{0,2}|unsub|unsubs|unsuscribe\S*"

CLEAR = (
    # English
    rf"(?:stop|stopp|stpo|quit|cease|discontinue|halt|end|enough|cancel|revoke|withdraw|stop with|no more|no further|not another|disable|turn off) {_BETWEEN}(?:{_ABOUT}|consent|permission|subscription|bothering|disturbing)",
    rf"(?:stop|quit) {_BETWEEN}(?:texting|messaging|contacting|calling|bothering|spamming|harassing|emailing)",
    rf"(?<!^i )(?<! i )(?<!we )(?:dont|do not|never|donot|dnt|pls dont|not) (?:you )?(?:ever |please |pls )?(?:text|txt|message|msg|contact|email|mail|sms|bother|spam|call|write|write to|disturb|reach out to|hit up) (?:{_ME})",
    r"(?:dont|do not|never|dnt) (?:ever |please )?(?:text|message|msg|contact|txt|write) (?:again|anymore|any more|ever again)",
    r"(?:dont|do not|never|dnt) (?:you )?(?:ever |please )?send (?:(?:me|us|this number|any|anymore|more|further|these|those|your|such|stupid|another|out) ){0,4}(?:texts?|messages?|msgs?|sms|emails?|promos?|promotions?|offers?|ads?|reminders?|anything|stuff|notifications?|spam)",
    rf"(?:dont|do not|no longer|never|not|didnt|dnt|neither) (?:\S+ )?(?:want|wanna|need|wish|care|like|interested in) (?:\S+ ){{0,4}}?(?:{_PLURAL}|hear from you|hear from u|contacted|texted|messaged)",
    r"(?:dont|do not|no longer) (?:want|wanna|wish) (?:\S+ ){0,3}?(?:text|message|contact|email|call) me",
    rf"(?:take|remove|delete|get|scratch|strike|unlist|drop) (?:{_ME}|my (?:name|info|details|data|contact|email|information)|our number|number) (?:\S+ )?(?:off|from|out of|of) (?:\S+ ){{0,3}}?{_LIST}",
    r"(?:remove|delete|erase|lose|unlist|forget) (?:my|this|our) (?:number|phone|cell|contact|contact info|phone number)",
    r"(?:remove|unlist|unenroll|deregister) (?:me|us)(?! (?:from|off|on|to|for|with|as|the|a|one|some)(?!\S))",
    rf"(?:be |been |get |me |us )?removed (?:from|off) (?:\S+ ){{0,3}}?{_LIST}",
    r"(?:have|get|want) (?:me|us|my number) removed|removed? (?:me|us)? ?(?:please|pls)$",
    rf"(?:dont|do not|no longer|dnt) (?:want|wish|need) to be (?:on|in|part of) (?:\S+ ){{0,3}}?{_LIST}",
    r"(?:cease|stop|end|no|no more|no further) (?:all |any |further |more |your )*(?:contact|communications?|correspondence)(?: please| ever| pls)*$",
    r"rather not (?:get|receive|have|be sent) (?:\S+ ){0,3}?(?:texts|messages|sms|emails)",
    r"(?:dont|do not|never) (?:contact|text|message|call|write) \S+ (?:at|on) this number",
    r"stop ?[0-9]{1,3}$",
    r"take (?:me|us) off(?: (?:this|it|please|pls|now))*$",
    r"leave (?:me|us) (?:the \S+ )?alone",
    r"(?:these|the|your|ur|all|those|this) (?:\S+ )?(?:texts|messages|msgs|texting|messaging|spam) (?:to |must |should |need to |needs to |has to |have to |gotta )*(?:stop|end|cease)",
    r"(?:can|could|would|will) (?:you|u) (?:please |pls |just )*stop(?: it| this| that)?$",
    rf"(?:{UNSUB})",
    r"opt(?:ing|ed)? ?(?:me |us )?out(?! of (?:the |your |this |my )?(?:warranty|insurance|engraving|plan|gift|upgrade|protection|box)(?!\S))",
    r"no longer (?:text|message|contact|email|call) (?:me|us|this number)",
    r"(?:no|stop) (?:texts|messages|sms|msgs)(?: please| pls| ever)*$",
    # French, for Canada's ARRET
    r"(?:arretez|arrete|cessez|ne) (?:de )?(?:m|me|nous)? ?(?:envoyez|envoyer|ecrire|ecrivez|contacter|contactez|texter)(?: plus)?(?: de messages| de textos)?",
    # Spanish
    r"no (?:quiero|deseo|quisiera|acepto|necesito|queremos)? ?(?:recibir )?(?:mas |sus |tus |estos |esos )*(?:mensajes?|sms|textos|mensajitos|correos|publicidad|promociones|notificaciones|avisos)",
    r"no (?:me|nos|le) (?:escriba|escriban|escribas|contacte|contacten|contactes|moleste|molesten|molestes|textee|texteen|llame|llamen|llames|vuelva a|vuelvan a|vuelvas a)(?: \S+){0,3}",
    r"no (?:mas |me |nos )?(?:enviar|mandar|escribir|enviarme|mandarme|escribirme|contactar|contactarme)(?: \S+)? ?(?:mas|mensajes?|sms|textos|nada)?",
    r"no mas (?:textos?|spam)",
    r"no (?:me |nos )?(?:mande|manden|mandes|envie|envien|envies|manda|envia) (?:\S+ ){0,2}?(?:mas|mensajes?|sms|textos|nada|promociones|publicidad)",
    r"(?:deje|dejen|deja|dejar|dejenme|dejame|dejeme|paren|pare|para|basta|alto|parar) (?:ya )?(?:de|con|a|los|estos)? ?(?:los |estos |tantos |tus |sus |mas )*(?:escrib\S+|mandar\S*|enviar\S*|molest\S+|contact\S+|llamar\S*|textear\S*|mensajes|sms|textos)",
    r"(?:deje|dejen|deja|dejenme|dejame|dejeme) (?:ya )?(?:en paz|tranquil\S)",
    r"(?:quit|elimin|borr|saqu|sac|retir|remuev|remov)\S*(?: (?:me|mi (?:numero|nombre|telefono|contacto)))? (?:ya )?de (?:la |su |sus |tu |esta |esa |las )*(?:lista|listas|base|contactos|sistema|agenda|registros?|grupo|mensajes)",
    r"(?:borr|elimin|quit|saqu)\S* (?:mi|este) (?:numero|telefono|contacto)",
    r"(?:dar|darme|darnos|dame|denme|deme|darse|quiero|solicito|pido|dadme|den) (?:de |la |una |mi )?baja",
    r"(?:cancel|anul|desactiv|suspend)\S* (?:la |mi |esta |mis |las |los |estos |su )?(?:suscripcion|subscripcion|suscripciones|mensajes|sms|textos|notificaciones|alertas|promociones)",
    r"desu(?:b)?scrib\S*",
    # Hindi, as it is written and as it is typed
    rf"{_WORDS_MSG} (?:\S+ ){{0,3}}?(?:मत|ना|न|बंद|रोक\S*|नहीं चाहिए|नही चाहिए|नहीं चाहिये|नहीं$)(?: \S+)?",
    rf"(?:मत|ना) (?:भेज\S*|करो|करें|करना) (?:\S+ ){{0,2}}?{_WORDS_MSG}",
    r"(?:संपर्क|सम्पर्क|कॉल|फोन|परेशान|तंग|डिस्टर्ब) (?:मत|ना|न) कर\S*",
    r"(?:लिस्ट|सूची|सूचि) (?:में )?से (?:\S+ ){0,2}?(?:हटा\S*|निकाल\S*|डिलीट)",
    r"(?:मेरा|मेरे|यह) (?:नंबर|नम्बर|नाम) (?:\S+ ){0,2}?(?:हटा\S*|निकाल\S*|डिलीट)",
    rf"{_WORDS_MSG} (?:\S+ )?(?:mat|na|bandh?|rok|nahi chahiye|nahin chahiye|nai chahiye|nhi chahiye|nahi chahie)(?: \S+)?",
    rf"(?:mat|na) (?:bhej\S*|kar\S*|kro) (?:\S+ )?{_WORDS_MSG}",
    r"(?:contact|call|phone|pareshan|tang|disturb) (?:mat|na) (?:kar\S*|kro|kijiye)",
    r"list (?:me |mein )?se (?:\S+ )?(?:hata\S*|nikal\S*|delete|remove)",
    r"(?:mera|mere) (?:number|no|naam) (?:\S+ )?(?:hata\S*|nikal\S*|delete|remove)",
    # Arabic, without hamza and signs
    rf"(?:الغاء|الغي|الغوا|الغ|بالغاء|انهاء|ايقاف) (?:الاشتراك|اشتراكي|اشتراك|{_AR_MSG})",
    r"(?:اوقفوا|اوقف|وقفوا|وقف|توقفوا|توقف|توقفون|توقفو|ايقاف|بطلوا|بطل|كفوا|كف|كفايه|كفي) (?:عن )?(?:ال)?(?:ارسال|مراسل|اتصال|ازعاج|بعث|رسائل|رسايل|رساله)\S*",
    rf"(?:لا|ما|بلاش|مش) (?:ترسل\S*|تبعث\S*|تبعت\S*) (?:\S+ ){{0,2}}?(?:{_AR_MSG}|شيء|شي|مره اخري|مجددا|ثانيه|بعد الان|بعد اليوم)",
    r"لا (?:ترسل\S*|تبعث\S*) (?:لي|الي|لنا|لي بعد)$",
    r"(?:لا|بلاش|ما) (?:تراسل\S+|تزعج\S+|تتواصل\S* معي|تتواصلوا معنا|تتصل\S* بي|تكلم\S+|تكتب\S* لي)",
    rf"(?:لا|ما|مش|لم اعد) (?:اريد|ابغي|ابغا|ابي|ارغب|عايز|عاوز|بدي|نريد) (?:\S+ ){{0,3}}?{_AR_MSG}",
    r"(?:احذف|ازيل|شيل|امسح|اشطب|حذف|ازاله|اخرج)\S* (?:\S+ ){0,2}?(?:القائمه|قائمتكم|قائمه|القايمه|قوائمكم|رقمي)",
    r"(?:اتركوني|دعوني|اتركني|دعني) (?:و ?شاني|وشاني|بحالي|في حالي)",
)  # fmt: skip
"""Sentences that ask for no more, found anywhere in the text."""

INNOCENT = (
    r"(?:non|bus|next|last|first|rest|pit|f|full|one|metro|tube|train|tram|truck|short|quick|back) stop(?: shop)?",
    r"stop(?:ping|ped)? (?:by|in(?! texting)|over|at|for|off|on|near|into|back|and (?:see|look|visit|pick|get|say|chat|shop)|there|to (?:see|get|pick|look|visit|check|buy|grab|drop|say)|watch(?:es)?)",
    r"(?<!you )(?<!u )(?<!they )(?:dont|do not|never|cant|cannot|can not|wont|couldnt|didnt|not) (?:ever )?stop(?: (?:texting|messaging|sending|writing|calling|emailing|contacting))?(?: (?:me|us|the|these|those|your|my|messages|texts|updates|reminders))*",
    r"(?:dont|do not|didnt|did not|never|not|not to|wasnt) (?:\S+ ){0,2}?(?:unsub\S*|opt(?:ed)? out|cancel|remove|end)(?: me| us)?",
    r"(?:wait|waiting|guest|wish|price|to do|shopping|gift) ?lists?",
    r"(?:re ?subscribe|resub)\S*",
    r"(?:contact|text|message|call|email) (?:me )?(?:if|when|once|as soon)",
    r"cancel (?:my |the |our |this |that |it)?(?:appointment|appt|order|booking|reservation|repair|visit|purchase|engraving|payment|meeting|consultation|fitting|layaway|call|email)",
    r"cancel\S* (?:la |mi |el |nuestra )?(?:cita|orden|pedido|compra|reserva|reparacion|visita)",
    r"(?:text|message|msg|engraving|inscription|writing) (?:on|inside|engraved|in) (?:the|my|our|it)",
)  # fmt: skip
"""What sounds like it and is not: taken out before the text is read."""

LIMITED = r"until|till|before|after \S+|while|during|at work|at night|so late|so early|this late|this early|late at|today|tonight|tomorrow|yet|instead|but|unless|except|weekends?|sundays?|hoy|manana|hasta|antes|despues|todavia|aun|pero|sino|de noche|trabajo|आज|कल|अभी नहीं|रात|लेकिन|aaj|kal|raat|lekin|اليوم|غدا|الليل|حتي|قبل|لكن"
"""For a while, or only by one way: a person should read it."""

DOUBTFUL_WHOLE = frozenset(
    """
    not interested | im not interested | enough | enough already | no me interesa | suficiente | fin | spam | delete | end it
    delete me | block | blocked | staph | stahp | wrong number | wrong person | go away please | बस | bas | خلاص | غير مهتم | لست مهتما | مش مهتم
    terminar | borrar | quitar | remover | रद्द | लिस्ट से | bas bas | knock it off | cut it out | stop bothering | shut up | arrêt
    """.replace("\n", "|").split("|")
)
DOUBTFUL = (
    rf"stop\S* (?:\S+ ){{0,4}}?(?:{_PLURAL}|messaging|contacting)",
    rf"(?:{_PLURAL}|texting|messaging|contacting) (?:\S+ ){{0,4}}?(?:stop|end|cease)",
    r"(?:you|u|they) (?:dont|wont|never|cant|do not|will not) stop",
    r"(?:please |pls )?stop(?! (?:the|a|an|my|our|his|her|it|working|making|polishing|\S+ing|order|payment|production|shipment|delivery|work|with|when|if|or|and|then|before|after|as|loss|sign|motion|watch)(?!\S))(?: \S+){1,4}$",
    r"(?:too many|so many|all these|fewer|less|constant|endless) (?:texts|messages|msgs|emails|texting|calls)",
    r"(?:why|keep|keeps|kept) (?:\S+ ){0,3}?(?:texting|messaging|spamming|harassing|contacting|sending) (?:me|us|this)",
    r"(?:never|didnt|did not|havent) (?:\S+ )?(?:sign(?:ed)? up|subscribed?|agreed?|consent(?:ed)?|asked? for|opted in) ?(?:to|for)? ?(?:this|these|that|texts|messages|your)?",
    r"wrong (?:number|person|num)",
    r"(?:not|isnt) (?:\S+ )?(?:number|phone) anymore",
    r"(?:this is|its|thats|reported as|it is) (?:just |pure )?(?:spam|harassment)",
    r"(?:reporting|report|reported|blocking|block|blocked) (?:you|this number|your number)", r"you (?:have been|are|were) (?:reported|blocked)", r"harass\S*",
    rf"(?:dont|do not|never|stop) (?:\S+ )?(?:contact|contacting|texting|messaging|calling) {_OTHERS}",
    rf"(?:take|remove|delete|get) {_OTHERS} (?:off|from|out of) (?:\S+ ){{0,3}}?{_LIST}",
    r"(?:dont|do not) (?:text|message) my (?:wife|husband|mother|mom|dad|father|son|daughter|kids?|partner|family)",
    r"(?:dont|do not) want (?:this|these|them) (?:anymore|any more)", r"no (?:thanks|thank you) to (?:\S+ )?(?:texts|messages)", r"(?:dont|do not|didnt|not) (?:give|gave|given) (?:\S+ )?(?:consent|permission)",
    r"(?:way|how|want|like|ask|asked|told|tell) (?:\S+ ){0,5}?to stop(?! (?:the|a|an|my|our|his|her|it|\S+ing)(?!\S))",
    r"(?:remove|delete) (?:me|us|my (?:name|info|details|data|contact|email|information))(?! (?:to|from the|from my|off the|as)(?!\S))",
    r"(?:numero|telefono) equivocado", r"se equivoc\S+ de numero", r"demasiados (?:mensajes|sms|textos)",
    r"por que me (?:escriben|mandan|envian|llaman|molestan)", r"(?:no|ya no) me interesa\S*",
    r"(?:गलत|ग़लत) (?:नंबर|नम्बर)", r"galat number", r"बहुत (?:मैसेज|मेसेज)", r"(?:bahut|itne|zyada) (?:message|msg|sms)\S*",
    r"(?:رقم|الرقم) (?:غلط|خطا|خاطي)", r"رسائل كثيره", r"ازعاج", r"لماذا ترسل\S*",
)  # fmt: skip
"""Sentences that may ask for it: nothing goes meanwhile, and a person reads them."""
