"""By which words a message shows what it is for, purpose by purpose; `signs_abroad` has those that are not English."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from sayso.checks.plain_words import PIECE, any_of
from sayso.checks.signs_abroad import ABROAD, SCRIPTS

_MINE = rf"your(?: [\w'.#-]+){{0,3}} (?:{PIECE})|(?:the|this) (?:{PIECE})"
_PARCEL = rf"(?:your |the )?(?:(?:special |online )?orders?|parcel|package|shipment)(?: ?(?:no\.?|number|nr\.?)? ?#? ?[\w-]*\d[\w-]*)?|{_MINE}"
_MEND = r"repairs?|resiz\w+|re-?siz\w+|re-?tip\w*|solder\w*|re-?plat\w+|re-?string\w+|restor\w+|alterations?|battery (?:change|replacement)|prong (?:work|repair)"
_HARM = r"chipped|cracked|(?:stone|diamond|prong)s? (?:\w+ )?(?:fell out|loose|broke|missing)|(?:is|was|has been|been|got|we(?: have|'ve)?|went) (?:\w+ )?(?:lost|damaged|broken|missing|stolen|scratched)|(?:broke|damaged|scratched|chipped) (?:the|your|a|while|during)"
_BOOKED = r"appointments?|consultations?|fittings?|viewing|booking|reservation|appt"
_WHEN = r"tomorrow|mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|next week|\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m|\d{1,2}:\d\d|\d{1,2}[/.-]\d{1,2}|(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)\w*\.? \d|on the \d|today|tonight|this (?:morning|afternoon|evening)"

_ENGLISH: Mapping[str, str] = {
    "appointment": "|".join(
        (
            rf"(?:your|the|our) (?:[\w-]+ ){{0,3}}(?:{_BOOKED})(?: \S+){{0,8}}? (?:{_WHEN}|confirmed|booked|set|scheduled|moved|rescheduled|cancell?ed|changed)",
            rf"(?:reminder|remind\w*|confirm\w*)(?: \S+){{0,6}}? (?:{_BOOKED})|(?:{_BOOKED}) (?:reminder|confirm\w*|is confirmed|details)",
            rf"(?:see you|look(?:ing)? forward to seeing you|expect(?:ing)? you|you(?:'re| are) booked)(?: \S+){{0,3}}? (?:{_WHEN})|(?:have|had|need|must) (?:to )?(?:move|reschedule|cancel) your (?:\w+ )?(?:{_BOOKED}|visit)",
            rf"(?:{_WHEN})(?: \S+){{0,3}}? (?:is )?your (?:\w+ )?(?:{_BOOKED})|you have an? (?:\w+ )?(?:{_BOOKED})",
        )
    ),
    "receipt": r"(?:here(?:'s| is)|attached|enclosed|find|this is|view|download|your) (?:is )?(?:your |the |a |an )?(?:e-?|sales |digital |purchase |order )?(?:receipt|invoice)|receipt (?:for|no|#|\d)|thank(?:s| you)(?: so much| very much)? for (?:your|the) (?:\w+ )?(?:purchase|order|payment)|(?:we(?: have|'ve)? )?received your (?:order|payment)|order (?:confirmation|confirmed|received)|(?:your )?(?:order|purchase)(?: #?\w*\d\w*)? (?:is|has been|was) (?:confirmed|received|placed)|(?:amount|total) (?:paid|charged)|paid in full|payment (?:received|confirmation|of \S+ (?:was |has been )?received)|you paid|thank(?:s| you) for (?:buying|purchasing|ordering)",
    "order_status": rf"(?:{_PARCEL}) (?:is|are|has|have|was|will|should|just)(?: been| now| just| finally| be)*(?: being)? (?:ship\w*|sent|dispatched|out for delivery|on (?:its|the|their) way|delivered|arriv\w+|delayed|back ?ordered|in (?:production|transit|the workshop|stock|store)|being (?:made|prepared|crafted|set)|here|in(?=$|[!.,])|sized and|available for (?:pick|coll))|(?:your|the) (?:\w+ )?order(?: #?\w*\d\w*)?(?: \S+){{0,3}}? (?:is |now |are )*ready|track(?:ing)? (?:your|number|link|no)|order (?:status|update)|(?:has|have) shipped|out for delivery|(?:estimated|expected) (?:delivery|arrival)|your (?:\w+ )?(?:order|delivery) (?:will|should|is)",
    "repair_ready": rf"(?:your |the )?(?:{_MEND})(?: \S+){{0,6}}? (?:ready|done|complete\w*|finished|fixed)|(?:ready|done|finished|complete\w*)(?: \S+){{0,5}}? (?:{_MEND})|(?:{_MINE}) (?:has been|is|was|have been|are)(?: now| all)? (?:repaired|fixed|resized|mended|re-?plated|polished|cleaned|restored|re-?tipped|restrung|soldered|serviced|engraved)|we(?:'ve| have)?(?: just)? (?:repaired|fixed|resized|mended|polished|restored|re-?tipped|restrung|soldered|serviced) (?:your|the)|(?:{_MEND})(?: \S+){{0,4}}? (?:pick(?:ed)?[ -]?up|collect\w*)",
    "repair_problem": rf"(?:{_MINE}|repair\w*|bench|goldsmith|jewell?er|workshop|setting)(?: \S+){{0,12}}? (?:{_HARM})|(?:{_HARM})(?: \S+){{0,10}}? (?:{_MINE}|repair\w*|bench|goldsmith|workshop|setting)|(?:problem|issue|setback|trouble|difficulty|complication|bad news) (?:with|about|during|on|regarding) (?:your |the )?(?:\w+ )?(?:{_MEND}|{PIECE})|(?:{_MEND}) (?:\S+ ){{0,4}}?(?:delayed|taking longer|not possible|cannot be|can't be|needs? (?:more|additional|another|your approval|extra)|will cost more|on hold)",
    "purchase_feedback": rf"how (?:was|were|is|are|did|do|does) (?:you |your |the |we )?(?:\w+ ){{0,4}}(?:purchase|experience|visit|shopping|order|do(?=$|[?!. ])|enjoying|liking|loving|like your|love your|new (?:{PIECE})|(?:your|the) (?:{PIECE})|service|appointment)|(?:love|like|appreciate|value|welcome|share|leave|give|send)(?: us)?(?: to hear)?(?: \w+)? (?:feedback|review|thoughts|opinion)|(?:rate|review) (?:us|your|our|the)|(?:leave|write|post|drop) (?:us )?an? (?:\w+ )?review|(?:short|quick|brief|our|this|customer|satisfaction|1-minute|one[ -]minute|take an?) survey|tell us (?:how|what you thought|about your)|how (?:satisfied|happy|likely)|(?:are|were) you (?:enjoying|happy|satisfied|pleased|in love|loving)(?: \w+)* (?:your|with)|hope you(?:'re| are)? (?:\w+ )?(?:enjoy\w*|lov\w+|happy with) (?:your|the)|recommend us",
    "wishlist_hint": r"(?:his|her|their|[\w-]+'s|someone's|partner's|loved one's) (?:\w+ )?(?:wish ?-?list|favou?rites list)|(?:dropped|drop|sent|left|gave) (?:you )?an? (?:\w+ )?hint|(?:has|had|have) (?:her|his|their) (?:eye|heart) (?:on|set)|(?:she|he|they|[\w-]+)(?:'s| has| have)? been (?:eyeing|dreaming of|hinting|wishing for)|(?:she|he|they) (?:would|'d|really|secretly)+ (?:love|loves|wants|adore)|(?:on|from) (?:her|his|their|[\w-]+'s) (?:wish ?-?list|list)|(?:she|he|they) (?:added|saved|put)(?: \S+){0,5} wish ?-?list",
    "wishlist_reminder": rf"(?<!create )(?<!start )(?<!make )(?<!build )(?<!share )(?:your|ur) (?:\w+ )?(?:wish ?-?list|favou?rites|saved (?:items|pieces))|(?:items?|pieces?|something|{PIECE}) (?:that )?you(?:'ve| have)? (?:saved|favou?rited|wished for|put on|added)|you (?:saved|favou?rited|wished for|added)(?: \S+){{0,5}}? (?:wish ?-?list|favou?rites|list|{PIECE})|still (?:dreaming|thinking) (?:of|about) (?:that|the|this|those) (?:\w+ )?(?:{PIECE})(?: you| from your)",
    "birthday": r"happy (?:\S+ )?b(?:irth)?-?day|(?:your|[\w-]+'s|his|her) (?:\w+ )?birthday|birthday (?:wishes|greetings|to you|girl|boy)|many happy returns|many more (?:birthdays|years to come)|hbd|bday",
    "anniversary": r"happy (?:[\w-]+ ){0,3}anniversary(?! (?:sale|event))|(?:your|you two|[\w-]+'s) (?:[\w-]+ ){0,3}anniversary|(?:\d+|first|silver|golden|another)(?:st|nd|rd|th)? (?:\w+ )?years? (?:of marriage|together|married|ago you)|anniversary (?:wishes|greetings|to you)|(?:wedding|marriage) anniversary|years? of (?:marriage|love together)",
    "gift_card": r"gift[ -]?cards?|gift (?:certificate|voucher)s?|store credit",
    "care_reminder": r"(?:time|due|ready|overdue|book|schedule|bring|stop by|come (?:in|by)|drop (?:in|by)|free|complimentary|annual|yearly|six[ -]month|6[ -]month|routine|regular|next|semi-?annual|warranty)(?: \S+){0,7}? (?:clean(?:ing|ed)?|inspect\w*|check[ -]?up|checked|polish\w*|maintenance|tune[ -]?up|prongs?|service)(?! (?:charge|fee))|(?:clean\w*|inspect\w*|check[ -]?up|maintenance|prong check)(?: \S+){0,4}? (?:is |are |now )*(?:due|overdue|reminder|needed|recommended|keeps?)|keep (?:it|your|them)(?: \S+){0,4}? (?:sparkl\w+|shin\w+|looking|brilliant|bright|beautiful)|(?:warranty|care plan)(?: \S+){0,4}? (?:inspection|valid|active)",
    "payment_reminder": r"(?:past|over) ?due|outstanding (?:balance|amount|invoice|payment)|(?:balance|payment|instal?lment|invoice|amount|layaway)(?: \S+){0,5}? (?:is |was |are |falls |becomes |now |still )*(?:due|owed|owing|unpaid|outstanding|missed|declined|failed|late)|(?:you|still) owe|(?:payment|balance|layaway|instal?lment) reminder|reminder(?: \S+){0,4} (?:payment|balance|layaway|invoice|instal?lment)|missed (?:a |your )?(?:layaway )?payment|balance (?:of|due|remaining|owing)|remaining balance|(?:next|final|monthly) (?:layaway )?(?:payment|instal?lment)|unpaid (?:invoice|balance|bill)",
    "auto_reply": r"(?:we|i)(?:'ve| have)? (?:got|received) your (?:message|text|e-?mail|note|inquiry|enquiry|request|question|call)|thank(?:s| you) for (?:your (?:message|text|e-?mail|inquiry|enquiry|note|interest|call|patience, we)|(?:contacting|messaging|texting|e-?mailing|writing|reaching out|getting in touch|calling)(?: to)?)|out of (?:the )?office|we(?:'re| are)? (?:currently |now )?(?:closed|away)|(?:we|someone|our team|a (?:team )?member)(?: of our team)?(?:'ll| will) (?:get back|reply|respond|be in touch|answer|be with you)|this (?:is an automat\w+|inbox|number|mailbox) (?:\w+ )*(?:reply|response|message|monitored)|automat(?:ic|ed) (?:reply|response|message)|reply (?:as soon as|within)",
    "complaint_followup": r"(?:your|the) (?:\w+ )?(?:complaint|concerns?|dissatisfaction|disappointment)|make (?:it|this|things) right|sorry (?:to hear|that you(?: were| are|'re)? (?:unhappy|disappointed|not happy|upset)|for (?:your|the) (?:\w+ )?(?:bad |poor )?(?:experience|trouble|mistake|mix-?up|way|service|error))|(?:you were|you are|you're|your being) (?:not (?:happy|satisfied)|unhappy|disappointed|dissatisfied|upset)|we let you down|(?:resolve|resolving|resolution|looking into|followed? up on) (?:of |to )?(?:your|the|this) (?:\w+ )?(?:issue|complaint|concerns?|problem|case)",
    "condolence_sensitive": r"condolences?|(?:sorry|sad|saddened)(?: \S+){0,4}? (?:loss|passing|bereavement)|(?:your|the) (?:\w+ )?(?:loss of|bereavement)|with (?:deepest|heartfelt|sincere|our) sympath\w+|(?:deepest|heartfelt|sincere) sympath\w+|passed away|thoughts are with you|in this (?:difficult|sad|hard) time|rest in peace|mourn\w*|grie(?:f|ving)",
    "safety_legal_notice": r"(?:safety|product|voluntary|urgent|important) (?:\w+ )?recall|(?:we are|we're|has been|have been|is being|are being) (?:voluntarily )?recall(?:ed|ing)|recall (?:notice|of|no|number)|safety (?:notice|alert|warning|advisory)|(?:data|security|privacy) (?:breach|incident)|(?:personal )?(?:data|information)(?: \S+){0,3} (?:was|were|have been|may have been) (?:\w+ )?(?:exposed|accessed|compromised|stolen)|(?:stop|do not) (?:wearing|wear|using|use)(?: \S+){0,3} (?:immediately|until|at once|now)|legal notice|notice (?:required by law|of (?:data|class))|class action|health (?:hazard|risk)|choking hazard|corrected? (?:certificate|appraisal|grading)",
    "optout_confirmation": r"you(?:'ve| have)?(?: now| been| successfully)* (?:unsubscribed|opted out|been removed)|you are (?:now |successfully )*(?:unsubscribed|opted out|removed)|(?:you|we)(?:'ll| will| won't| will not) (?:no longer|not|receive no|get no|send you no|not send you)?(?: \w+){0,3}?(?: any)?(?: more| further| other)? ?(?:messages|texts|sms|e-?mails)(?: \w+){0,4}(?=[.!,]|$| reply)|no (?:more|further) (?:messages|texts)|you have been (?:removed|taken off)",
    "staff_alert": r"till \d|(?:at|on) the (?:counter|door|register)|walk[ -]?in|(?:customer|client|guest)s? (?:\S+ ){0,3}?(?:waiting|waits|arrived|is here|asks?|asked|wants?|called|at)|(?:please |pls )?call (?:back )?(?:the )?(?:customer|client|mr|mrs|ms|\+?\d)|(?:low|out of) stock|stock ?take|inventory|your shift|shift (?:starts|swap|cover)|(?:needs?|awaiting|waits? for|waiting for) (?:your )?(?:ok|approval|sign-?off)|assigned to you|new (?:lead|task|ticket)|alarm|vault|safe (?:is|was|door)|cover(?:ing)? for|staff (?:meeting|only)|end of day|cash[ -]?up|deposit bag",
    "soft": r"discover|(?:birthday|anniversary|wedding|engagement|bridal) (?:gifts?|rings|bands|styles|jewell?ery|collection|event|show)|gifts? (?:\w+ )?from [$€£]|explore|introducing|collection|trunk show|open house|(?:you're|you are|we) (?:cordially )?invited?|invite you|save the date|exclusive\w*|vip|gift (?:ideas?|guide)|perfect gift|valentine\w*|mother's day|father's day|christmas|diwali|eid (?:mubarak|al)|hanukkah|happy holidays|holiday season|new (?:in|styles|pieces|designs|season)|back in stock|join us|treat (?:yourself|your|her|him)|(?:book|schedule|make|reserve) (?:an?|your) (?:\w+ ){0,2}(?:appointment|consultation|viewing)|newsletter|our \d+(?:st|nd|rd|th)? (?:\w+ )?anniversary|we(?:'re| are) (?:celebrating|opening)|grand opening|visit (?:us|our)|we miss you|it's been a while|new arrivals|events?|find (?:your|the) (?:\w+ )*(?:perfect|dream)|(?:rings?|bands?|necklaces?|earrings|watches|jewell?ery|pieces) (?:from|under) [$€£] ?\d",
}


def _whole(name: str) -> re.Pattern[str]:
    latin = [part for part in (_ENGLISH.get(name, ""), ABROAD.get(name, "")) if part]
    return any_of(*latin, abroad=SCRIPTS.get(name, ""))


SIGNS: Mapping[str, re.Pattern[str]] = MappingProxyType({name: _whole(name) for name in _ENGLISH})
"""What shows a purpose; `appointment`, `gift_card` and `soft` (a shop that calls for attention) are parts of one."""

READY = any_of(
    r"(?:is|are|it's|they're|now|all) (?:\w+ ){0,2}?ready(?! to (?:help|wear|shop|serve|ship|answer|assist))|ready (?:for|to) (?:you|pick|be (?:picked|collected)|collect\w*)|(?:come|waiting) (?:and |to |in to )?(?:pick|collect|be picked|for you to pick)",
    r"(?:esta|estan) (?:ya )?list[oa]s?|list[oa]s? para (?:recoger|retirar)|(?:est|sont) pre(?:t|ts|te|tes)|pre(?:t|te|ts|tes) a (?:retirer|etre)",
    r"(?:ist|sind|liegt|liegen)(?: \w+){0,3}? (?:fertig|abholbereit|bereit|zur abholung)",
    abroad=r"तैयार है|तैयार हैं|tayyar hai|جاهز",
)
"""Word that something can be fetched, whatever it is."""
TODAY = any_of(
    r"today|tonight|this (?:morning|afternoon|evening)|in (?:an|one|two|1|2|3|half an) (?:hours?|hrs?)|in \d{1,3} min\w*|within the hour|shortly|hoy|esta (?:tarde|manana|noche)|en una hora|aujourd'hui|ce (?:matin|soir)|cet apres-midi|dans une heure|heute|in einer stunde",
    abroad=r"आज|اليوم|بعد ساعة",
)
NOT_TODAY = any_of(
    r"tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|next (?:week|month)|moved|reschedul\w*|chang\w+|cancel\w*|postpone\w*|instead|new (?:time|date)|delay\w*|manana|lunes|martes|miercoles|jueves|viernes|sabado|domingo|cambi\w+|cancelad\w*|demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|report\w+|annul\w+|deplac\w+|morgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|verschoben|abgesagt",
    abroad=r"कल|रद्द|बदल|غدا|تأجيل|إلغاء|تغيير",
)
"""A visit on another day, or one that was moved: a person looks at that."""
