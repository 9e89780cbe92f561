// Room for a large text that is built and thrown away: an exposition.
//
// Shape    reserved in one piece, for growing needs room for three halves of a
//          text and copies it; what is not written to is no memory in use. A
//          really large one is asked to lie on huge pages, since a third of the
//          time of writing it would go into faulting in small ones.
// Threads  a pure function.
// Source   madvise(2), MADV_HUGEPAGE: advice, so it cannot fail us.
#pragma once

#include <cstddef>
#include <string>

namespace ntm {

void ReserveText(size_t bytes, std::string* text);

}  // namespace ntm
