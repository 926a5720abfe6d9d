"""By which words a message shows what it is for: the essentials in Spanish, French and German, Hindi and Arabic."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Mapping

_FIXED = r"reparad[oa]s?|arreglad[oa]s?|reparee?s?|repariert|reparatur|reparacion|arreglo|reparation"

ABROAD: Mapping[str, str] = {
    "appointment": r"(?:su|tu|la|una) (?:proxima )?cita(?: \S+){0,8}? (?:hoy|manana|lunes|martes|miercoles|jueves|viernes|sabado|domingo|\d{1,2}(?::\d\d)?|confirmada|cancelada|cambiada)|(?:recordatorio|recordamos|confirmamos)(?: \S+){0,4}? cita|(?:le|te) esperamos (?:hoy|manana|el)|(?:votre|un) rendez-vous(?: \S+){0,8}? (?:aujourd'hui|demain|lundi|mardi|mercredi|jeudi|vendredi|samedi|\d{1,2} ?h|confirme|annule|reporte|deplace)|rappel(?: \S+){0,4} rendez-vous|(?:ihr|dein|den) termin(?: \S+){0,8}? (?:heute|morgen|montag|dienstag|mittwoch|donnerstag|freitag|samstag|um \d|am \d|bestatigt|verschoben|abgesagt)|terminerinnerung|erinner\w+(?: \S+){0,4} termin",
    "receipt": r"(?:su|tu|aqui esta el|adjunto) (?:el )?(?:recibo|factura)|gracias por (?:su|tu) (?:compra|pedido|pago)|(?:hemos recibido|recibimos) (?:su|tu) (?:pedido|pago)|(?:votre|voici le|voici la) (?:recu|facture)|merci pour votre (?:achat|commande|paiement)|nous avons (?:bien )?recu votre (?:commande|paiement)|(?:ihre|die|anbei die) (?:rechnung|quittung)|(?:danke|vielen dank) fur (?:ihren|deinen|ihre|deine|den) (?:einkauf|kauf|bestellung|zahlung)|bestellbestatigung",
    "order_status": r"(?:su|tu) pedido(?: \S+){0,4}? (?:listo|enviado|en camino|llegado|entregado|retrasado)|(?:ha sido|fue) enviado|votre (?:commande|colis)(?: \S+){0,5}? (?:prete?|expediee?|envoyee?|en route|arrivee?|livree?|retardee?)|ihre? (?:bestellung|paket)(?: \S+){0,5}? (?:versandt|versendet|unterwegs|angekommen|abholbereit|da|fertig|verzogert|zugestellt)|sendungsverfolgung",
    "repair_ready": rf"(?:{_FIXED})(?: \S+){{0,6}}? (?:list[oa]|terminad[oa]|prete?|terminee?|finie?|fertig|abholbereit|abgeschlossen)|(?:list[oa]|prete?|fertig)(?: \S+){{0,4}}? (?:{_FIXED})|hemos (?:reparado|arreglado)|(?:esta|fue|ha sido|a ete|est|ist|wurde) (?:reparad[oa]|arreglad[oa]|reparee?|repariert)",
    "repair_problem": r"(?:problema|inconveniente) con (?:su|la|el) (?:reparacion|anillo|reloj|joya|piedra)|(?:piedra|diamante)(?: \S+){0,4}? (?:roto|rota|dano|danad[oa]|perdid[oa]|astillad[oa])|probleme avec (?:votre|la) (?:reparation|bague|montre|pierre)|(?:pierre|diamant)(?: \S+){0,4}? (?:cassee?|abimee?|ebrechee?|perdue?)|problem mit (?:ihrer|ihrem|der|dem) (?:reparatur|ring|uhr|stein)|(?:stein|diamant)(?: \S+){0,5}? (?:beschadigt|abgesplittert|gebrochen|verloren)",
    "purchase_feedback": r"(?:como|que tal) (?:fue|estuvo|le fue|te fue|va|fue todo)(?: \S+){0,3}? (?:compra|experiencia|visita|anillo|pedido)|(?:que le|que te) parecio (?:su|tu)|(?:su|tu) opinion|encuesta|dejenos una resena|comment (?:s'est passe|etait|avez-vous trouve)(?: \S+){0,3}? (?:achat|visite|experience|commande)|(?:votre|vos) avis|(?:notre|cette) enquete|hat (?:ihnen|dir|euch)(?: \S+){0,4}? gefallen|wie (?:war|hat|gefallt|zufrieden)(?: \S+){0,4}? (?:kauf|einkauf|besuch|erfahrung|ring|bestellung|gefallen|sind)|(?:ihre|deine) (?:meinung|bewertung)|(?:bewerten|rezension|umfrage)",
    "wishlist_hint": r"(?:lista de deseos) de (?!(?:su|tu|nuestra)\b)\w+|(?:le|te) ha dejado una pista|liste (?:d'envies|de souhaits) de \w+|wunschliste von \w+|\w+s wunschliste",
    "wishlist_reminder": r"(?:su|tu) lista de (?:deseos|favoritos)|(?:votre|ta) liste (?:d'envies|de souhaits|de favoris)|(?:ihre[rn]?|deine[rn]?) (?:wunschliste|merkliste)",
    "birthday": r"feliz cumple\w*|(?:su|tu) cumpleanos|joyeux anniversaire(?! de mariage)|bon anniversaire(?! de mariage)|(?:alles gute|gluckwunsch\w*)(?: \S+){0,3}? geburtstag|(?:ihr|dein)(?:em|en)? geburtstag|janamdin mubarak|joyeux anniv",
    "anniversary": r"feliz (?:\d+ |\w+ )?aniversario|(?:su|tu) aniversario|(?:anniversaire|noces) de (?:mariage|\w+)|(?:alles gute|gluckwunsch\w*)(?: \S+){0,3}? hochzeitstag|(?:ihr|euer|dein)(?:em|en)? hochzeitstag|noces d'\w+",
    "gift_card": r"tarjetas? (?:de )?regalo|cartes?[ -]cadeaux?|cheques?[ -]cadeaux?|geschenk(?:karte|gutschein)\w*",
    "care_reminder": r"(?:limpieza|revision)(?: \S+){0,3}? (?:gratuita|anual|de su|de tu)|(?:hora|momento|toca)(?: \S+){0,4}? (?:limpi\w+|revis\w+)|nettoyage (?:gratuit|annuel|offert)|(?:temps|moment)(?: \S+){0,4}? (?:nettoy\w+|controle|verifi\w+|entretien)|(?:kostenlose|jahrliche) (?:reinigung|inspektion|prufung)|zeit fur(?: \S+){0,3}? (?:reinigung|inspektion|pflege|wartung)",
    "payment_reminder": r"(?:saldo|pago|factura|cuota)(?: \S+){0,3}? (?:pendiente|vencid[oa]|atrasad[oa]|vence)|(?:solde|paiement|facture|echeance)(?: \S+){0,4}? (?:du|due|en retard|impayee?|echue?|en attente)|reste a payer|zahlungserinnerung|mahnung|(?:offener|ausstehender|falliger) betrag|(?:zahlung|rechnung|rate)(?: \S+){0,4}? (?:fallig|offen|uberfallig|ausstehend|uberfallig)",
    "auto_reply": r"(?:hemos recibido|recibimos) (?:su|tu) mensaje|gracias por (?:su mensaje|contactar\w*|escribir\w*)|(?:nous avons|avons) (?:bien )?recu votre (?:message|demande)|merci (?:pour|de) (?:votre message|nous avoir contactes?)|(?:wir haben )?ihre (?:nachricht|anfrage) (?:ist |haben wir )?(?:erhalten|eingegangen|bekommen)|danke fur (?:ihre|deine) nachricht|abwesenheits\w+|derzeit geschlossen",
    "complaint_followup": r"(?:su|tu) (?:queja|reclamacion|reclamo)|lamentamos (?:su|la|lo|las) (?:mala )?(?:molestias?|experiencia|ocurrido)|(?:votre|la) (?:reclamation|plainte)|(?:desoles?|navres?)(?: \S+){0,4}? (?:experience|desagrement|probleme)|(?:ihre|deine) (?:beschwerde|reklamation)|tut uns leid, dass sie",
    "condolence_sensitive": r"(?:mas sentid[oa]|nuestr[oa]) pesame|condolencias|lamentamos (?:mucho )?(?:su|la|tu) perdida|condoleances|(?:votre|cette) (?:perte|deuil)|beileid|(?:ihren|deinen|diesen) verlust|anteilnahme",
    "safety_legal_notice": r"retirada? del (?:producto|mercado)|aviso de seguridad|rappel (?:de )?(?:produit|securite)|avis de securite|produktruckruf|ruckruf(?:aktion)?|sicherheitshinweis|datenpanne",
    "optout_confirmation": r"(?:se ha|ha sido|te has) (?:dado de baja|cancelado su suscripcion|eliminad[oa])|no recibira(?:s)? mas mensajes|vous (?:etes|avez ete) (?:desinscrit|desabonne)\w*|vous ne recevrez plus|sie (?:sind|wurden) (?:jetzt |nun )?abgemeldet|(?:sie erhalten|du erhaltst) keine (?:weiteren )?(?:nachrichten|sms)",
    "soft": r"descubr[ea]\w*|coleccion|dia de (?:la madre|san valentin)|navidad|le invitamos|te invitamos|decouvrez|nouveautes?|fete des meres|noel|vous invit\w+|entdecken|kollektion|neuheiten|muttertag|weihnacht\w*|laden (?:sie|dich|euch)? ?(?:herzlich )?ein",
}

SCRIPTS: Mapping[str, str] = {
    "appointment": r"अपॉइंटमेंट|अपॉइन्टमेंट|موعد(?:ك|كم|كِ)",
    "receipt": r"रसीद|खरीदारी के लिए धन्यवाद|ऑर्डर के लिए धन्यवाद|भुगतान प्राप्त|إيصال|فاتورتك|شكرا (?:لك )?(?:على|ل)(?:شرائك|طلبك)|شكرا لشرائك",
    "order_status": r"ऑर्डर(?: \S+){0,3}? (?:भेज|तैयार|रवाना|पहुँच|पहुंच)|طلبك(?: \S+){0,3}? (?:جاهز|في الطريق|شحن)|تم شحن",
    "repair_ready": r"मरम्मत(?: \S+){0,5}? (?:तैयार|पूरी|हो गई)|(?:تم|انتهى|اكتمل)(?: \S+){0,2}? (?:إصلاح|تصليح)|(?:إصلاح|تصليح)(?: \S+){0,4}? جاهز",
    "repair_problem": r"मरम्मत(?: \S+){0,5}? (?:समस्या|दिक्कत)|(?:पत्थर|हीरा)(?: \S+){0,3}? टूट|مشكلة (?:في|مع) (?:إصلاح|خاتم|تصليح)|(?:انكسر|تضرر|كسر) (?:ال)?(?:حجر|ألماس)",
    "purchase_feedback": r"(?:खरीदारी|अनुभव|अंगूठी)(?: \S+){0,2}? कैस[ाीे]|कैस[ाीे] (?:लगी|लगा|रही|रहा)|प्रतिक्रिया|राय (?:दें|बताएं|बताएँ)|(?:كيف كان|ما رأيك|كيف كانت)(?: \S+){0,3}? ?(?:شراؤك|تجربتك|مشترياتك|خاتم|زيارتك)|رأيك يهمنا",
    "wishlist_hint": r"(?:उनकी|उसकी|की) (?:विशलिस्ट|पसंद सूची)|قائمة (?:أمنيات|رغبات)(?:\u0647\u0627|\u0647|\u0647\u0645)",
    "wishlist_reminder": r"(?:आपकी|अपनी) (?:विशलिस्ट|इच्छा सूची|पसंद सूची)|قائمة (?:أمنياتك|رغباتك)",
    "birthday": r"जन्मदिन|عيد ميلاد",
    "anniversary": r"(?:शादी की |विवाह की )?सालगिरह|वर्षगांठ|वर्षगाँठ|(?:ذكرى|عيد) زواج",
    "gift_card": r"गिफ़?्ट ?कार्ड|उपहार कार्ड|بطاقة (?:هدية|هدايا)",
    "care_reminder": r"(?:सफाई|सफ़ाई|जाँच|जांच) (?:का समय|के लिए|मुफ़?्त)|मुफ़?्त (?:सफाई|सफ़ाई)|(?:موعد|حان وقت|مجاني)(?: \S+){0,2}? ?(?:تنظيف|فحص)|تنظيف مجاني",
    "payment_reminder": r"बकाया|किस्त|(?:رصيد|دفعة|مبلغ|قسط)(?: \S+){0,2}? ?(?:مستحق|متأخر|متبقي)",
    "auto_reply": r"(?:आपका )?संदेश (?:हमें )?(?:मिल|प्राप्त)|(?:استلمنا|وصلتنا|تلقينا) رسالتك|شكرا (?:لتواصلك|لرسالتك)",
    "complaint_followup": r"(?:आपकी )?शिकायत|شكواك|شكوى",
    "condolence_sensitive": r"संवेदना|शोक|تعازينا|خالص العزاء|البقاء لله",
    "safety_legal_notice": r"सुरक्षा (?:सूचना|चेतावनी)|(?:استدعاء|سحب) (?:ال)?منتج|تنبيه سلامة",
    "optout_confirmation": r"अनसब्सक्राइब (?:कर दिया|हो गए)|और (?:संदेश|मैसेज) नहीं (?:मिलेंगे|आएंगे)|تم إلغاء اشتراكك|لن تتلقى",
    "soft": r"कलेक्शन|दिवाली|दीपावली|مجموعة|تشكيلة|عيد مبارك",
}
"""What needs no word ends."""
