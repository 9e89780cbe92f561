#include "modules.h"
#include "program.h"

int main(int argc, char** argv) {
  return ntm::RunProgram(argc, argv, ntm::MakeModules());
}
