"""The synthetic nation: people, households, towns, banks and accounts of a country that does not exist.

Nobody in it is real. Cells of municipality, sex and five-year age band are those of the official table of
residents (Basic Resident Register population); everything else is drawn from stated models
(docs/nation.md). Only `site` imports this room; its door is `enishi.nation.build.build_nation`, and what it
writes is docs/snapshot.md.
"""
