// Marks of branches that a search for bugs must take. Here they are nothing: who wants to count
// them compiles a copy of the sources with macros of his own, included first.
#pragma once

#ifndef CMAP_PROBE
/// This place is reached.
#define CMAP_PROBE(name) static_cast<void>(0)
/// This place is reached, and so it is; the condition must have no effects.
#define CMAP_PROBE_IF(condition, name) static_cast<void>(0)
#endif
