// Reserves memory for a large temporary text, such as an exposition.
//
// Shape    reserved at once, because growing the text would copy it and need
//          more memory; pages that are not written to use none. For a very
//          large text it requests huge pages: faulting in small pages would
//          take a third of the time of writing it.
// Threads  a pure function.
// Source   madvise(2), MADV_HUGEPAGE; its failure is ignored.
#pragma once

#include <cstddef>
#include <string>

namespace ntm {

void ReserveText(size_t bytes, std::string* text);

}  // namespace ntm
