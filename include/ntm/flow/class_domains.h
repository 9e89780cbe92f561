// The classes of traffic that domain names belong to.
//
// `example.org` is this name alone; `*.example.org` is every name below it, at
// any depth, but not example.org itself. The longest entry that fits a name
// decides. Names of the class "other" are exceptions from a shorter entry: they
// have no class of their own, so their ports decide.
//
// Shape    a hash table; a look-up costs one probe per label of the name.
// Threads  Find() by any thread, once all domains are given.
// Errors   Give() throws std::invalid_argument with what is wrong.
// Source   RFC 1035 section 2.3.4 (lengths), RFC 4592 section 2.1.1 (the
//          asterisk; unlike there, it also stands for several labels).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ntm/flow/class_id.h"

namespace ntm {

class ClassDomains {
 public:
  // False for a port or a DSCP.
  static bool IsDomain(std::string_view text) noexcept {
    return text.find_first_of(".*") != std::string_view::npos;
  }

  // REQUIRES: a class, not kNoClass. A later class replaces an earlier one.
  void Give(ClassId id, std::string_view domain);

  // The class of a host's name, in any case and with or without a final dot;
  // kNoClass if it has none.
  ClassId Find(std::string_view name) const;

  // Returns true iff a name can have a class.
  bool HasAny() const noexcept;

  // As they were given, sorted.
  std::vector<std::string> Of(ClassId id) const;

 private:
  struct Entry {
    ClassId itself = kNoClass;
    ClassId below = kNoClass;
  };

  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace ntm
