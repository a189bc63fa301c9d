// Why a field of Galoy's schema is not served here: a closed list of reasons, and what each is the reason for. A field that is neither served
// nor named here fails the check, so nothing is left out by accident.

/** In the order of the page. */
export const reasons = {
  portal: 'The pages of the service that calls back for Blink: `switchyard callbacks list` shows what they would.',
  people: 'Accounts of people, their logins, phones and contacts: accounts here are the operator’s, and keys open them.',
  settings: 'Settings of an account: the operator’s configuration and command line have them.',
  blink: 'Services of Blink’s own: maps, quizzes, support, apps, regions, the end of custody.',
};

const at = (type, ...fields) => fields.map((field) => `${type}.${field}`);
const onAccount = (...fields) => [...at('Account', ...fields), ...at('ConsumerAccount', ...fields)];

/** Fields of types that are served (the three roots among them); what only they lead to is left out for the same reason. */
export const leftOut = {
  portal: [...onAccount('callbackPortalUrl')],
  people: [
    ...at('Mutation', 'accountDelete', 'captchaCreateChallenge', 'captchaRequestAuthCode', 'contactCreate', 'userContactUpdateAlias'),
    ...at('Mutation', 'userEmailDelete', 'userEmailRegistrationInitiate', 'userEmailRegistrationValidate', 'userLogin', 'userLoginUpgrade'),
    ...at('Mutation', 'userLoginUpgradeTelegram', 'userLogout', 'userPhoneDelete', 'userPhoneRegistrationInitiate'),
    ...at('Mutation', 'userPhoneRegistrationValidate', 'userTotpDelete', 'userTotpRegistrationInitiate', 'userTotpRegistrationValidate'),
    ...at('Mutation', 'userUpdateLanguage'),
    ...at('User', 'contactByUsername', 'contacts', 'email', 'language', 'phone', 'totpEnabled'),
  ],
  settings: [
    ...at('Mutation', 'accountDisableNotificationCategory', 'accountDisableNotificationChannel', 'accountEnableNotificationCategory'),
    ...at('Mutation', 'accountEnableNotificationChannel', 'deviceNotificationTokenCreate'),
    ...onAccount('notificationSettings'),
  ],
  blink: [
    ...at('Query', 'businessMapMarkers', 'custodialRestrictions', 'migration', 'mobileVersions', 'regionCheck', 'windDown'),
    ...at('Mutation', 'feedbackSubmit', 'merchantMapSuggest', 'migrationCommit', 'migrationLnAddressTransfer', 'migrationStart'),
    ...at('Mutation', 'quizClaim', 'supportChatMessageAdd', 'supportChatReset'),
    ...at('ConsumerAccount', 'quiz'),
    ...at('User', 'supportChat'),
  ],
};
