"""The words of an offer: what sells, in every language that the checks read, and what only sounds like it."""

# ruff: noqa: E501
from __future__ import annotations

from functools import lru_cache

from sayso.checks.late import Late
from sayso.checks.plain_words import any_of
from sayso.checks.words import LAST_READ

PITCH = (
    r"\d{1,3}\s?%\s?(?:off|de (?:descuento|remise|r[eé]duction|desconto)|discount|rabatt)|[$€£]\s?[\d.,]+\s?off\b"
    r"|half[ -]price|special offer|(?:promo|discount|coupon|voucher) code|code promo|c[oó]digo promo"
    r"|use code(?! \d{4,8} (?:to|for) (?:log|sign|verif|confirm|access|enter))"
    r"|\b(?:shop|buy|order) (?:now|today|online)\b|comprar? ahora|achetez|buy one|2 for 1|2x1|clearance"
    r"|sale (?:ends|starts|is on|now on)|black friday|cyber monday|limited[ -]time|last chance|\brebajas\b"
    r"|\bofertas?\b|\bsoldes\b|\bremises?\b|\boffre sp[eé]ciale|\bpromo(?:tion|ci[oó]n)"
    r"|\bsonderangebote?\b|\b(?:schluss|aus)verkauf\b|\brabatte?\b"
    r"|\u091b\u0942\u091f|\u0911\u092b\u093c?\u0930"
    r"|\u0921\u093f\u0938\u094d\u0915\u093e\u0909\u0902\u091f"  # Hindi
    r"|\u062e\u0635\u0645|\u062a\u062e\u0641\u064a\u0636|\u0639\u0631\u0648\u0636"  # Arabic
    r"|\u0639\u0631\u0636 \u062e\u0627\u0635"
)
_NAMED = (
    r"\bdiscounts?\b|\bdescuentos?\b|\br[eé]ductions?\b|\bgutscheine?\b"
    r"|(?<!after-)(?<!after )(?<!point of )(?<!for )\bsale\b"
    r"|\bpromos?\b|\bcoupons?\b|\bvouchers?\b|\bbargains?\b|\bdeals\b"
)
OFFER = rf"[%\u066a]|{_NAMED}|\bgratis\b|\bgratuit"
LOOSE = r"\b(?:off|offers?|offre|deal|free|save|win|gift|regalo|shop|collection)\b"

PUSH = any_of(
    r"you(?: may| might| will|'ll|'d| would)(?: just)? also (?:like|love|enjoy|want)|you may like|you might (?:like|love)",
    r"(?:customers|people|others|clients|shoppers) who (?:also )?(?:bought|purchased|own|loved|liked|viewed)",
    r"recommended for you|based on your (?:recent |last |latest )?(?:purchase|order|visit)|(?:we )?think you(?:'d|'ll) like|matching (?:band|earrings|necklace|bracelet|pendant)s?|picked for you|(?:we )?think you(?:'ll|'d| will| would) love|inspired by your",
    r"complete (?:the|your) (?:look|set)|pairs? (?:perfectly|beautifully|well|nicely) with|matching (?:set|pieces?) (?:is|are|from|for|now)",
    r"shop (?:the|our|all|new|similar|matching|in[ -]?store)|just (?:landed|dropped)|check out our (?:new|latest)(?: \w+)?",
    r"(?:save|up to|extra|additional|take|get|enjoy) (?:up to |an extra |an additional )?(?:[$€£]\s?\d[\d.,]*(?! (?:will|is|was|due))|\d{1,3} ?%)(?! (?:gold|silver|recycled|deposit))",
    r"\d{1,3} ?% (?:on |savings|cash ?back|bonus|less)|(?:from|for) (?:just|only) [$€£]\s?\d[\d.,]*|starting (?:at|from) [$€£]\s?\d[\d.,]*|now (?:only|just) [$€£]\s?\d[\d.,]*",
    r"refer a friend|(?:double|bonus|extra) points|giveaway|enter to win|win (?:an?|your)|gift with (?:every )?purchase|free gift|doorbusters?",
    r"deal of the|(?:today|this week|weekend) only|while (?:stocks?|supplies) lasts?|our (?:new|latest|spring|summer|fall|autumn|winter|holiday|bridal) collection",
    r"(?:te|le|les) (?:puede|podria) (?:interesar|gustar)|tambien (?:te|le) (?:gustara|encantara)|clientes que compraron|nuestra nueva coleccion|aprovech[ae]",
    r"vous (?:aimerez|pourriez) (?:aussi|aimer|egalement)|clients ayant achete|notre nouvelle collection|profitez(?:-en)?(?= de|$|!| )",
    r"das konnte (?:ihnen|dir)(?: auch)? gefallen|kunden, die|unsere neue kollektion|nur (?:heute|diese woche)|jetzt sparen",
    abroad=r"हमारा नया कलेक्शन|नया कलेक्शन|مجموعتنا الجديدة|تشكيلتنا الجديدة|قد يعجبك أيضا",
)  # fmt: skip
"""What pushes another piece, or a saving, without calling it an offer."""

_SELLS = Late(f"{PITCH}|{_NAMED}")
_INNOCENT = any_of(
    r"(?:point|bill|date|terms|time|day|proof|conditions) of sale|after[ -]sales?|for sale|final sale",
    r"sale (?:no|nr|number|date|total|receipt|amount|id)|sale:? #?\d+|your sale|of sale|(?:for|of|from) (?:today|yesterday|this|the)(?:'s)? sale(?! (?:start|end|is|on|price|event|now|item))",
    r"\d{1,3} ?% (?:off|discount)(?: (?:was|has been|is))? applied(?! (?:at|in|when|auto))",
    r"(?:discounts?|coupons?|vouchers?|promo(?:tion)?s?)(?: (?:was|were|has been))? (?:applied|taken|redeemed|included|total)(?! (?:at|in|when|auto))",
    r"(?:less|minus|incl\w*|member|staff|trade|loyalty) discount|discount:? ?- ?[$€£]?\d[\d.,]*%?",
    r"(?:your|this|the|an?) (?:order|purchase|buy) (?:today|now|online)|placed (?:an|your) order (?:today|online)",
    r"(?:on|for) your (?:recent )?promotion|(?:gift )?vouchers? (?:order|you (?:bought|ordered|purchased))",
    r"remises? (?:en (?:main|etat|forme|taille)|de (?:votre|la|vos)|a (?:taille|neuf))",
    r"no (?:discounts?|offers?|sale|promotions?)|not an? (?:sale|offer|promotion)",
)  # fmt: skip
"""What stands on receipts and in service texts, and sells nothing."""


@lru_cache(maxsize=LAST_READ)
def offer_in(words: str) -> str:
    """The first words in a plain text that offer something to buy; empty where nothing does."""
    sober = _INNOCENT.sub(" ~ ", words)
    found = _SELLS.search(sober) or PUSH.search(sober)
    return found[0].strip() if found else ""
