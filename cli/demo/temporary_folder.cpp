#include "cli/demo/temporary_folder.hpp"

#include "cli/text/terminal_text.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace ferry::cli {

result<std::unique_ptr<temporary_folder>> temporary_folder::make() {
    const auto wish = std::getenv("TMPDIR");
    auto name = std::string(wish && *wish ? wish : "/tmp") + "/ferry-XXXXXX";
    if (!::mkdtemp(name.data())) return file_failure(errno, printable(name));
    return std::unique_ptr<temporary_folder>(new temporary_folder(name));
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;  // nobody is left to be told
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace ferry::cli
