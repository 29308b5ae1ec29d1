// ICU does it, in UTF-16.
#include "pool/wire/saslprep.hpp"

#include <limits>
#include <memory>

#include <unicode/usprep.h>
#include <unicode/ustring.h>

namespace cmap::wire {
namespace {

using Profile = std::unique_ptr<UStringPrepProfile, decltype(&usprep_close)>;

Failure refused() { return Failure{"the password has characters that SASLprep does not allow"}; }

}  // namespace

Result<std::string> saslprep(std::string_view text) {
  if (text.size() > std::size_t{std::numeric_limits<std::int32_t>::max() / 32}) return refused();
  UErrorCode status = U_ZERO_ERROR;
  const Profile profile(usprep_openByType(USPREP_RFC4013_SASLPREP, &status), usprep_close);
  if (U_FAILURE(status)) return Failure{"the data of ICU for SASLprep is missing"};

  std::u16string input(text.size(), u'\0');
  std::int32_t length = 0;
  u_strFromUTF8(input.data(), static_cast<std::int32_t>(input.size()), &length, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  if (U_FAILURE(status)) return refused();
  input.resize(static_cast<std::size_t>(length));

  // No character becomes more than 18 when it is normalised.
  std::u16string prepared(input.size() * 18 + 1, u'\0');
  length = usprep_prepare(profile.get(), input.data(), static_cast<std::int32_t>(input.size()),
                          prepared.data(), static_cast<std::int32_t>(prepared.size()),
                          USPREP_DEFAULT, nullptr, &status);
  if (U_FAILURE(status)) return refused();
  prepared.resize(static_cast<std::size_t>(length));

  std::string output(prepared.size() * 3, '\0');
  u_strToUTF8(output.data(), static_cast<std::int32_t>(output.size()), &length, prepared.data(),
              static_cast<std::int32_t>(prepared.size()), &status);
  if (U_FAILURE(status)) return refused();
  output.resize(static_cast<std::size_t>(length));
  return output;
}

}  // namespace cmap::wire
