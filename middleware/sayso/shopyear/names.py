"""Invented people: names from many places, numbers that are kept for fiction, and streets that nobody lives in."""

from __future__ import annotations

FIRST = tuple(
    """
    Amara Kwame Ngozi Chidi Folake Tunde Zanele Sipho Imani Kofi Aisha Omar Layla Yusuf Fatima Hassan Noor Karim
    Samira Tariq Leila Dariush Shirin Arash Ayla Emre Zeynep Mert Priya Arjun Ananya Rohan Kavya Vikram Meera
    Dev Sunita Harpreet Gurdeep Nasreen Imran Mei Wei Jing Haruto Yuki Sakura Kenji Minh Linh Thao Somchai Malai
    Jisoo Minjun Hana Putri Budi Lani Kai Tane Aroha Malia Sofia Mateo Valentina Diego Camila Javier Lucia
    Rafael Ines Joaquim Beatriz Thiago Marisol Esteban Ximena Giulia Marco Chiara Luca Elodie Baptiste Manon
    Thibault Greta Lukas Annika Jonas Freya Lars Ingrid Soren Aino Eero Zofia Piotr Katarzyna Jakub Milena
    Dragan Yelena Dmitri Oksana Taras Miriam Avi Tamar Eitan Niamh Cormac Siobhan Rhys Cerys Hamish Morag Wren
    Rowan Harper Quinn Delia Wendell Opal Cyrus Juniper Ezra Nellie Silas Winona Takoda Aponi Makya Temperance
    Barnaby Cordelia Alistair Philippa Rupert Odette Leopold
    """.split()
)
LAST = tuple(
    """
    Okafor Mensah Adeyemi Dlamini Nkosi Abebe Haile Mwangi Diallo Traore Haddad Nasser Rahimi Tehrani Yilmaz
    Kaya Sharma Iyer Banerjee Chowdhury Gill Sandhu Qureshi Perera Chen Zhou Tanaka Fujimoto Nguyen Pham Rattana
    Park Kang Wijaya Santoso Kealoha Ngata Tuiasosopo Moreno Castellanos Ibarra Quiroga Ferreira Andrade
    Figueroa Villalobos Bianchi Romano Lefebvre Girard Baumann Vogel Lindqvist Halvorsen Virtanen Nowak Wojcik
    Petrovic Kovalenko Melnyk Rosen Shapiro Gallagher Doyle Llewellyn Pritchard Macrae Buchanan Ashworth
    Pemberton Thackeray Whitlock Redcloud Yellowhorse Begaye Fairweather Oyelaran Batbayar Tsering Magsaysay
    Dimaculangan Arslan Ozturk Georgiou Papadakis Horvath Novotny
    """.split()
)
AREAS: tuple[tuple[str, str, str, str, str], ...] = (
    ("415", "San Francisco", "CA", "94110", "America/Los_Angeles"),
    ("310", "Los Angeles", "CA", "90025", "America/Los_Angeles"),
    ("702", "Las Vegas", "NV", "89101", "America/Los_Angeles"),
    ("206", "Seattle", "WA", "98101", "America/Los_Angeles"),
    ("503", "Portland", "OR", "97205", "America/Los_Angeles"),
    ("303", "Denver", "CO", "80202", "America/Denver"),
    ("505", "Santa Fe", "NM", "87501", "America/Denver"),
    ("312", "Chicago", "IL", "60614", "America/Chicago"),
    ("612", "Minneapolis", "MN", "55401", "America/Chicago"),
    ("713", "Houston", "TX", "77002", "America/Chicago"),
    ("212", "New York", "NY", "10011", "America/New_York"),
    ("617", "Boston", "MA", "02116", "America/New_York"),
    ("215", "Philadelphia", "PA", "19103", "America/New_York"),
    ("404", "Atlanta", "GA", "30308", "America/New_York"),
)
"""Area code, city, state, postal code, time zone; +1 … 555-01xx belongs to nobody."""
STREETS = (
    *("Larkspur Lane", "Quince Street", "Old Mill Road", "Juniper Avenue", "Harbor View Drive", "Second Street"),
    *("Thistle Court", "Marigold Way", "Cedar Hill Road", "Lantern Street", "Foxglove Place", "Orchard Terrace"),
)
KINDS: tuple[tuple[str, int], ...] = (
    ("partners", 40), ("engaged", 22), ("spouses", 50), ("several_spouses", 6), ("divorced_apart", 14),
    ("divorced_together", 6), ("widowed", 10), ("single", 26), ("parents", 14), ("housemates", 8), ("associate", 4),
)  # fmt: skip
"""The households of a town of two hundred, by what its people are to each other."""
